"""Checking a request against the tables of schema.py.

What Google refuses is raised as an error; what it drops silently, or what a
careful client does not send, is told to `note(rule, detail)`, which keeps it
in the list of violations.
"""

import json
import re
from urllib.parse import parse_qsl, unquote

import times
from errors import ApiError, bad_parameter, invalid
from schema import (DEPRECATED, GLOBAL_PARAMS, MAP, METHODS, REPEATED, RO,
                    TOKEN_PARAMS)

BOOLEANS = {"true": True, "false": False}
INT32 = 2 ** 31
# Half a character, perhaps: seen closer when it occurs.
LONE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def build_routes():
    """The methods by number of path segments."""
    routes = {}
    for method in METHODS:
        parts = method.path.split("/")
        routes.setdefault(len(parts), []).append((parts, method))
    return routes


ROUTES = build_routes()


def match_path(parts, segments):
    """The path's variables, or None when the path is another one."""
    found = {}
    for part, segment in zip(parts, segments):
        if part.startswith("{"):
            if not segment:
                return None
            found[part[1:-1]] = unquote(segment, errors="replace")
        elif part != segment:
            return None
    return found


def find_method(verb, path):
    """(method, path variables); (None, True) if only the verb is wrong."""
    segments = path.split("/")
    known = False
    for parts, method in ROUTES.get(len(segments), ()):
        variables = match_path(parts, segments)
        if variables is not None:
            if method.verb == verb:
                return method, variables
            known = True
    return None, known


def check_integer(name, text, low, high):
    try:
        value = int(text) if text.strip() == text else None
    except ValueError:
        value = None
    if value is None or not -INT32 <= value < INT32:
        raise bad_parameter(name, "Invalid value '%s'. Value must be an integer." % text)
    if (low is not None and value < low) or (high is not None and value > high):
        raise bad_parameter(name, "Invalid value '%s'. Values must be within the range: [%s, %s]"
                            % (text, low, high if high is not None else INT32 - 1))
    return value


def check_parameter(name, kind, text):
    """The parsed value of one query parameter."""
    if isinstance(kind, list):
        return check_integer(name, text, *kind)
    if kind == "boolean":
        if text.lower() not in BOOLEANS:
            raise bad_parameter(name, "Invalid value for Boolean: %s" % text)
        return BOOLEANS[text.lower()]
    if kind == "date-time":
        instant = times.parse_instant(text) if times.has_offset(text) else None
        if instant is None:
            raise invalid("Bad Request", "badRequest", ("parameter", name))
        return instant
    if isinstance(kind, tuple) and text not in kind:
        raise bad_parameter(name, "Invalid value '%s'. Allowed values: [%s]"
                            % (text, ", ".join(kind)))
    if name == "timeZone" and times.zone(text) is None:
        raise bad_parameter(name, "Invalid time zone definition.")
    if name == "quotaUser" and len(text) > 40:
        raise bad_parameter(name, "quotaUser has more than 40 characters")
    return text


def read_parameters(query, method, note):
    """The parsed query of a method call."""
    known = {**GLOBAL_PARAMS, **method.params}
    found = {}
    if "+" in query:
        note("raw plus in query", "a + arrives as a space; encode it as %2B")
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in TOKEN_PARAMS:
            note("token in query", name)
            continue
        if name not in known:
            note("unknown query parameter", "%s of %s" % (name, method.name))
            continue
        if name in DEPRECATED:
            note("deprecated query parameter", name)
        value = check_parameter(name, known[name], text)
        if name in REPEATED:
            found.setdefault(name, []).append(value)
        elif name in found:
            note("repeated query parameter", name)
        else:
            found[name] = value
    return found


def reject_constant(text):
    raise ValueError(text)


def read_json(body, headers, note):
    """The object in a request body; an absent body is an empty object."""
    if not body:
        return {}
    content_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(400, "badContent",
                       "Unsupported content with type: %s" % content_type)

    def pairs(items):
        found = dict(items)
        if len(found) != len(items):
            note("repeated field in body", ", ".join(name for name, _ in items))
        return found

    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=pairs,
                           parse_constant=reject_constant)
        if LONE_SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise invalid("Parse Error", "parseError") from None
    if not isinstance(value, dict):
        raise invalid("Parse Error", "parseError")
    return value


def check_scalar(kind, value, where):
    good = {"boolean": lambda: isinstance(value, bool),
            "int32": lambda: (isinstance(value, int) and not isinstance(value, bool)
                              and -INT32 <= value < INT32)}
    if isinstance(kind, tuple):
        fits = value in kind if isinstance(value, str) else False
    else:
        fits = good.get(kind, lambda: isinstance(value, str))()
    if not fits:
        raise invalid("Invalid value for: %s" % where)
    if isinstance(value, str) and "\0" in value:
        raise invalid("Invalid character in: %s" % where)
    return value


def check_map(value, where):
    if not isinstance(value, dict):
        raise invalid("Invalid value for: %s" % where)
    for name, text in value.items():
        if text is not None and not isinstance(text, str):
            raise invalid("Invalid value for: %s.%s" % (where, name))
    return dict(value)


def check_value(kind, value, where, note, echo):
    """The value without what Google drops; None stays None (PATCH removes)."""
    if isinstance(kind, RO):
        kind = kind.kind
    if value is None:
        return None
    if kind == MAP:
        return check_map(value, where)
    if isinstance(kind, dict):
        return check_object(kind, value, where, note, echo)
    if isinstance(kind, list):
        if not isinstance(value, list) or None in value:
            raise invalid("Invalid value for: %s" % where)
        return [check_value(kind[0], item, "%s[%d]" % (where, i), note, echo)
                for i, item in enumerate(value)]
    return check_scalar(kind, value, where)


def check_object(fields, value, where, note, echo=False, writable=()):
    """The known and writable part of an object of a request body.

    `echo` is set for PUT, where sending back what was fetched is normal;
    `writable` names fields that this method, exceptionally, may set.
    """
    if not isinstance(value, dict):
        raise invalid("Invalid value for: %s" % (where or "body"))
    kept = {}
    for name, item in value.items():
        place = "%s.%s" % (where, name) if where else name
        if name not in fields:
            note("unknown field in body", place)
            continue
        checked = check_value(fields[name], item, place, note, echo)
        if isinstance(fields[name], RO) and name not in writable:
            if not echo:
                note("read-only field in body", place)
            continue
        kept[name] = checked
    return kept


def pick_fields(selection, value):
    """Partial answers: ?fields=id,items(id,start/date)."""
    tree, position = parse_selection(selection, 0)
    if position != len(selection):
        raise bad_parameter("fields", "Invalid field selection %s" % selection)
    return apply_selection(tree, value)


def parse_selection(text, position):
    tree = {}
    name = ""
    branch = tree
    while position < len(text) and text[position] != ")":
        char = text[position]
        position += 1
        if char == "(":
            below, position = parse_selection(text, position)
            if position >= len(text) or not name:
                raise bad_parameter("fields", "Invalid field selection %s" % text)
            branch.setdefault(name, {}).update(below)
            position += 1
            name, branch = "", tree
        elif char in ",/":
            if name:
                below = branch.setdefault(name, {})
                branch = below if char == "/" else tree
            name = ""
        else:
            name += char
    if name:
        branch.setdefault(name, {})
    return tree, position


def apply_selection(tree, value):
    if isinstance(value, list):
        return [apply_selection(tree, item) for item in value]
    if not isinstance(value, dict) or not tree or "*" in tree:
        return value
    return {name: apply_selection(below, value[name])
            for name, below in tree.items() if name in value}
