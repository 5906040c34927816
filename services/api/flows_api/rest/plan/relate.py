"""Finding the relationship that an embedded relation means."""

from collections.abc import Iterator

from flows_api.rest.catalog.catalog import Catalog
from flows_api.rest.catalog.relations import Name
from flows_api.rest.catalog.relationships import Relationship
from flows_api.rest.errors import AmbiguousRelationship, NoRelationship
from flows_api.rest.nearest import LIKELY, by_likeness, nearest


def find_relationship(catalog: Catalog, origin: Name, target: str, hint: str | None) -> Relationship:
    """`target` names a relation, a foreign key or its only column, or a function; `hint` says which way is meant."""
    known = catalog.relationships.get(origin, ())
    found = [each for each in known if _means(catalog, each, target, hint)]
    if not found:
        meant = _what_was_meant(catalog, origin, target)
        raise NoRelationship(origin.name, target, hint, origin.schema, meant)
    if len(found) > 1:
        raise AmbiguousRelationship(
            origin.name, target, [_described(each) for each in found], [_hint(each) for each in found]
        )
    return found[0]


def _means(catalog: Catalog, relationship: Relationship, target: str, hint: str | None) -> bool:
    if relationship.function:
        return target == relationship.function.name
    named = target == relationship.other.name
    own, others = _only_column(relationship)
    if relationship.is_self:
        if hint is not None:
            return named and relationship.kind == "one-to-many" and hint == others
        return (named and relationship.kind == "one-to-many") or (relationship.kind == "many-to-one" and target == own)
    if hint is not None:
        junction = relationship.junction
        return named and (
            hint in (own, others)
            or (junction is not None and hint == junction.table.name)
            or (junction is None and hint == relationship.constraint)
        )
    is_view = catalog.relations[relationship.other].is_view
    return named or (not is_view and target in (own, relationship.constraint or None))


def _only_column(relationship: Relationship) -> tuple[str | None, str | None]:
    """The column on this side and on the other, where the key has just one."""
    return relationship.columns[0] if len(relationship.columns) == 1 else (None, None)


def _what_was_meant(catalog: Catalog, origin: Name, target: str) -> str | None:
    if origin not in catalog.relationships:
        related = [table for table, found in catalog.relationships.items() if found]
        names = [table.name for table in related if table.schema == origin.schema]
        meant = nearest(origin.name, names, LIKELY)
        return f"Perhaps you meant '{meant}' instead of '{origin.name}'." if meant else None
    children = [each.other.name for each in catalog.relationships[origin]]
    meant = next((name for likeness, name in by_likeness(target, children) if likeness < 1), None)
    return f"Perhaps you meant '{meant}' instead of '{target}'." if meant else None


def _described(relationship: Relationship) -> dict[str, str]:
    table, other = relationship.table.name, relationship.other.name
    junction = relationship.junction
    if junction:
        between = (
            f"{junction.table.name} using {junction.constraint}({_listed(pair[1] for pair in junction.columns)}) and "
            f"{junction.other_constraint}({_listed(pair[1] for pair in junction.other_columns)})"
        )
    else:
        own, others = (_listed(pair[end] for pair in relationship.columns) for end in (0, 1))
        between = f"{relationship.constraint} using {table}({own}) and {other}({others})"
    return {"cardinality": relationship.kind, "embedding": f"{table} with {other}", "relationship": between}


def _hint(relationship: Relationship) -> str:
    way = relationship.junction.table.name if relationship.junction else relationship.constraint
    return f"{relationship.other.name}!{way}"


def _listed(names: Iterator[str]) -> str:
    return ", ".join(names)
