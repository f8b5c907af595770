"""Flask glue: forms, problems as pages, security, languages. Knows no capability."""
