"""Writes src/capstan/models.py from docs/openapi.json: the shapes of what the server answers.

python tools/generate_models.py            # writes
python tools/generate_models.py --check    # exits 1 when the file is not what would be written
"""

from __future__ import annotations

import json
import keyword
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
DOCUMENT = HERE.parent.parent / "docs" / "openapi.json"
MODELS = HERE / "src" / "capstan" / "models.py"

WANTED = ["Job", "SubmittedJob", "JobList", "WaitAnswer", "BatchAnswer", "TaskError", "Event", "LogLine", "Error"]

HEAD = '''"""What the server answers: dictionaries as they come from JSON. Generated from docs/openapi.json by
tools/generate_models.py; do not edit.
"""

from __future__ import annotations

import sys
from typing import Any, Literal, TypedDict

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired
'''

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

Schema = dict[str, Any]


class Writer:
    """Turns schemas into classes; objects without a name are called after where they stand."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas
        self._names: dict[str, str] = {}
        self.classes: dict[str, str] = {}

    def named(self, name: str) -> str:
        if name not in self.classes:
            self._object(name, self._schemas[name])
        return name

    def type_of(self, schema: Schema, place: str) -> str:
        if "$ref" in schema:
            return self.named(schema["$ref"].rpartition("/")[2])
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            return f"Literal[{', '.join(json.dumps(value) for value in values)}]"
        for union in ("anyOf", "oneOf"):
            if union in schema:
                return self._union(schema[union], place)
        kind = schema.get("type")
        if kind == "array":
            return f"list[{self.type_of(schema.get('items', {}), singular(place))}]"
        if kind == "object":
            return self._mapping(schema, place)
        return PLAIN.get(str(kind), "Any")

    def _union(self, choices: list[Schema], place: str) -> str:
        """Of objects without names: one class in which what not all of them have may be missing."""
        if not all("properties" in one for one in choices):
            return " | ".join(dict.fromkeys(self.type_of(one, place) for one in choices))
        properties = {field: inner for one in choices for field, inner in one["properties"].items()}
        required = set.intersection(*(set(one.get("required", ())) for one in choices))
        return self._mapping({"type": "object", "properties": properties, "required": sorted(required)}, place)

    def _mapping(self, schema: Schema, place: str) -> str:
        if "properties" not in schema:
            return f"dict[str, {self.type_of(schema.get('additionalProperties') or {}, place)}]"
        same = json.dumps(schema, sort_keys=True)
        if same not in self._names:
            self._names[same] = place
            self._object(place, schema)
        return self._names[same]

    def _object(self, name: str, schema: Schema) -> None:
        self.classes[name] = ""
        required = set(schema.get("required", ()))
        lines = [f"class {name}(TypedDict):"]
        if "description" in schema:
            lines += [f'    """{schema["description"]}"""', ""]
        for field, inner in schema["properties"].items():
            if keyword.iskeyword(field) or not field.isidentifier():
                raise ValueError(f"{name}.{field} can not be written as a field of a class")
            found = self.type_of(inner, name + field[0].upper() + field[1:])
            lines.append(f"    {field}: {found if field in required else f'NotRequired[{found}]'}")
            if "description" in inner:
                lines.append(f'    """{inner["description"]}"""')
        del self.classes[name]  # what it needs stands before it
        self.classes[name] = "\n".join(lines)


def singular(place: str) -> str:
    return place.removesuffix("s") if place.endswith("s") and not place.endswith("ss") else place + "Item"


def render(document: dict[str, Any]) -> str:
    writer = Writer(document["components"]["schemas"])
    for name in WANTED:
        writer.named(name)
    return HEAD + "".join(f"\n\n{text}\n" for text in writer.classes.values())


def main(arguments: list[str]) -> int:
    text = render(json.loads(DOCUMENT.read_text(encoding="utf-8")))
    if "--check" not in arguments:
        MODELS.write_text(text, encoding="utf-8")
        return 0
    if MODELS.read_text(encoding="utf-8") == text:
        return 0
    print(f"{MODELS} is not what docs/openapi.json says: run tools/generate_models.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
