"""Only its own service writes a capability's tables: strangers come in by the front door."""

import grimp

INSIDE = {"views", "forms", "handlers"}
MODEL_READERS = {"models", "queries", "policy"}


def faults(imports: set[tuple[str, str]], capabilities: set[str]) -> list[str]:
    """Imports of another capability's inside; of another's models by anything but models, queries and policy."""
    found = []
    for importer, imported in sorted(imports):
        who, whose = importer.split("."), imported.split(".")
        if len(who) < 3 or len(whose) < 3 or who[1] == whose[1]:
            continue
        if not {who[1], whose[1]} <= capabilities:
            continue
        if whose[2] in INSIDE or (whose[2] == "models" and who[2] not in MODEL_READERS):
            found.append(f"{importer} -> {imported}")
    return found


def test_a_stranger_in_the_models_is_seen() -> None:
    capabilities = {"disputes", "people"}
    assert faults({("mediation.disputes.service", "mediation.people.forms")}, capabilities)
    assert faults({("mediation.disputes.views", "mediation.people.models")}, capabilities)
    assert not faults({("mediation.disputes.queries", "mediation.people.models")}, capabilities)


def test_everybody_uses_the_front_door() -> None:
    graph = grimp.build_graph("mediation")
    capabilities = {
        module.split(".")[1] for module in graph.modules if module.count(".") == 2 and module.endswith(".models")
    }
    imports = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    assert faults(imports, capabilities) == []
