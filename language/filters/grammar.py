"""The text form of filters, read by an LALR parser."""

from functools import lru_cache
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from language.errors import InvalidFilter
from language.filters.tree import And, Compare, Exists, Filter, In, Not, Or, Scalar

LONGEST = 10_000
DEEPEST = 50

_GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: negation (_AND negation)*
?negation: _NOT negation -> inverted
    | "(" disjunction ")"
    | comparison
comparison: field OPERATOR literal -> compared
    | field _IN "(" literal ("," literal)* ")" -> within
    | field _EXISTS -> existing
field: NAME | QUOTED_NAME
literal: STRING | NUMBER | TRUE | FALSE

_OR.2: /OR(?![\w.])/i
_AND.2: /AND(?![\w.])/i
_NOT.2: /NOT(?![\w.])/i
_IN.2: /IN(?![\w.])/i
_EXISTS.2: /EXISTS(?![\w.])/i
TRUE.2: /true(?![\w.])/i
FALSE.2: /false(?![\w.])/i
OPERATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
NAME: /[^\W\d][\w.]*/
QUOTED_NAME: /`[^`]+`/
STRING: /"(?:[^"\\]|\\.)*"/s
NUMBER: /[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/
%ignore /\s+/
"""
_NAMES = {
    "STRING": 'a text in "double quotes"',
    "NUMBER": "a number",
    "TRUE": "true",
    "FALSE": "false",
    "NAME": "a field",
    "QUOTED_NAME": "a field in `backquotes`",
    "OPERATOR": "one of = != < <= > >=",
    "_AND": "AND",
    "_OR": "OR",
    "_NOT": "NOT",
    "_IN": "IN",
    "_EXISTS": "EXISTS",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": "a comma",
    "$END": "the end",
}


def parse_filter(text: str) -> Filter:
    """Read a filter such as ``price < 800 AND NOT brand = "Dell"``.

    NOT binds tighter than AND, AND tighter than OR; keywords in any case. Raises InvalidFilter, with the
    position and what was expected there, also beyond 10,000 characters and 50 levels.
    """
    if len(text) > LONGEST:
        raise InvalidFilter(f"the filter has {len(text):,} characters, at most {LONGEST:,} are read")
    _check_depth(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise InvalidFilter(_explain(text, error)) from error
    except VisitError as error:
        if isinstance(error.orig_exc, InvalidFilter):
            raise error.orig_exc from error
        raise
    return cast(Filter, tree)


def _check_depth(text: str) -> None:
    """Refuse deep nesting before it is parsed: parentheses open at once, and NOTs in a row."""
    depth = nots = 0
    quoted: str | None = None
    escaped = False
    word = ""
    for char in text + " ":
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\" and quoted == '"':
                escaped = True
            elif char == quoted:
                quoted = None
            continue
        if char.isalnum() or char in "_.":
            word += char
            continue
        if word:
            nots = nots + 1 if word.upper() == "NOT" else 0
            word = ""
        depth += (char == "(") - (char == ")")
        if char in '"`':
            quoted = char
        if depth > DEEPEST or nots > DEEPEST:
            raise InvalidFilter(f"the filter nests deeper than {DEEPEST} levels")


class _Build(Transformer[Token, Filter]):
    def field(self, children: list[Token]) -> str:
        token = children[0]
        return str(token[1:-1] if token.type == "QUOTED_NAME" else token)

    def literal(self, children: list[Token]) -> Scalar:
        token = children[0]
        if token.type == "STRING":
            return _unescape(token)
        if token.type == "NUMBER":
            return _finite(token)
        return token.type == "TRUE"

    def compared(self, children: list[Any]) -> Filter:
        field, operator, value = children
        return Compare(field, str(operator), value)  # type: ignore[arg-type]

    def within(self, children: list[Any]) -> Filter:
        return In(children[0], tuple(children[1:]))

    def existing(self, children: list[Any]) -> Filter:
        return Exists(children[0])

    def inverted(self, children: list[Filter]) -> Filter:
        return Not(children[0])

    def conjunction(self, children: list[Filter]) -> Filter:
        return And(tuple(children))

    def disjunction(self, children: list[Filter]) -> Filter:
        return Or(tuple(children))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", transformer=_Build(), maybe_placeholders=False)


def _unescape(token: Token) -> str:
    pieces = []
    at = 1
    while at < len(token) - 1:
        at += token[at] == "\\"
        pieces.append(token[at])
        at += 1
    return "".join(pieces)


def _finite(token: Token) -> float:
    value = float(token)
    if value in (float("inf"), float("-inf")):
        raise InvalidFilter(f"the number {token} at position {(token.start_pos or 0) + 1} is too large")
    return value


def _explain(text: str, error: UnexpectedInput) -> str:
    expected = getattr(error, "expected", None) or getattr(error, "allowed", None) or set()
    names = sorted({_NAMES.get(name, name) for name in expected})
    wanted = f": expected {', '.join(names)}" if names else ""
    position = error.pos_in_stream
    if position is None or position < 0 or position >= len(text):
        return f"the filter ends too early{wanted}"
    return f"the filter cannot be read at position {position + 1}, {text[position : position + 20]!r}{wanted}"
