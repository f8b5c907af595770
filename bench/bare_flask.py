"""The control of web_pages_bench: a Flask application of one line on the product's WSGI server."""

import sys

from flask import Flask

from mediation.app.serve import listen

app = Flask(__name__)


@app.get("/")
def page() -> str:
    return "<!DOCTYPE html><title>bare</title><p>bare"


if __name__ == "__main__":
    listen(app, host="127.0.0.1", port=int(sys.argv[1])).run()
