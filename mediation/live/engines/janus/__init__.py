"""The second engine: Janus' VideoRoom, on this machine or others (docs/decisions/0085-janus-two-connections.md)."""

from mediation.live.engines.janus.engine import JanusEngine
from mediation.live.engines.janus.instance import JanusSettings, let_in
from mediation.live.engines.janus.wire import JanusError

__all__ = ["JanusEngine", "JanusError", "JanusSettings", "let_in"]
