"""What of a module a strategy can reach: its class, and every top-level thing that it names.

A script may read files and draw charts beside the class it defines; only what the class itself
reaches, by name and step by step, is the strategy.
"""

import ast
from collections.abc import Iterable, Iterator


def reached(tree: ast.Module, names: Iterable[str] | None) -> list[ast.stmt]:
    """Top-level statements of `tree` that `names` reach, in order; all of them where None.

    A class that stands inside a function is found too. What stands under
    `if __name__ == "__main__":` is never reached: an import does not run it. Of an import only the
    names that are reached are left.
    """
    statements = list(_statements(tree.body))
    if names is None:
        return statements
    wanted = set(names)
    read = wanted | {"*"}
    chosen = _nested_classes(tree, wanted)
    found = {id(node) for node in chosen}
    stored = {id(statement): set(_stored(statement)) for statement in statements}
    pending = set(wanted)
    for node in chosen:
        pending |= _loaded(node)
    while pending:
        read |= pending
        more: set[str] = set()
        for statement in statements:
            if id(statement) not in found and stored[id(statement)] & pending:
                found.add(id(statement))
                chosen.append(statement)
                more |= _loaded(statement)
        pending = more
    return [_only(node, read) for node in sorted(chosen, key=lambda node: node.lineno)]


def _only(statement: ast.stmt, names: set[str]) -> ast.stmt:
    """An import without the names that nobody reads; any other statement as it is."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return statement
    kept = [a for a in statement.names if (a.asname or a.name).partition(".")[0] in names]
    if isinstance(statement, ast.Import):
        return ast.copy_location(ast.Import(names=kept), statement)
    fewer = ast.ImportFrom(module=statement.module, names=kept, level=statement.level)
    return ast.copy_location(fewer, statement)


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Top-level statements, those under top-level conditions and guards included."""
    for statement in body:
        if isinstance(statement, ast.If):
            if "__name__" not in ast.unparse(statement.test):
                yield from _statements(statement.body)
            yield from _statements(statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from _statements(statement.body)
            for handler in statement.handlers:
                yield from _statements(handler.body)
            yield from _statements([*statement.orelse, *statement.finalbody])
        else:
            yield statement


def _nested_classes(tree: ast.Module, names: set[str]) -> list[ast.stmt]:
    """Classes of these names that stand inside a function."""
    top = {id(node) for node in _statements(tree.body)}
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name in names and id(node) not in top
    ]


def _stored(statement: ast.stmt) -> Iterator[str]:
    """Names that a top-level statement binds; "*" where it imports whatever there is."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in statement.names)
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _loaded(node: ast.AST) -> set[str]:
    """Names that a node reads, anywhere in it; "*" stands for what a star import may have bound."""
    loads = {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }
    return loads | {"*"}
