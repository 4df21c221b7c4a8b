"""The Jinja environment: sandboxed, bounded, strict about undefined names, and marked for the source map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateNotFound, nodes
from jinja2.environment import Environment
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import TokenStream
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from flinksql_runner.templating.limits import MAX_WIDTH, Budget, LimitReached, check_method, check_operation, text_of_at_most
from flinksql_runner.templating.marks import MarkExtension, Places, RawToken, clean, raw_tokens
from flinksql_runner.templating.quick_tree import QuickTrees

_CLEAN, _ROUNDS, _BOUNDED = "__clean", "__rounds", "__bounded"
_TAG = "<tag>"      # stands for the file where a tag is read by itself


class MacroLoader(BaseLoader):
    """Templates by name out of a mapping; nothing is read from the disk."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = dict(sources)

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template; its path, or its path below ``macros/``."""
        name = template if template in self.sources else f"macros/{template}"
        if name not in self.sources:
            raise TemplateNotFound(template)
        return self.sources[name], name, lambda: True


class _Guards(NodeTransformer):
    """Puts filters of ours where a marked text must be clean, and where loops and joined texts are counted."""

    def _clean(self, node: nodes.Node) -> nodes.Expr:
        return _filter(node, _CLEAN)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:
        self.generic_visit(node)
        node.expr = self._clean(node.expr)
        for operand in node.ops:
            operand.expr = self._clean(operand.expr)
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.attr in TEXT_METHODS:
            node.node = self._clean(node.node)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        node.node = self._clean(node.node)
        node.arg = node.arg if isinstance(node.arg, (nodes.Slice, nodes.Const)) else self._clean(node.arg)
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node:
        self.generic_visit(node)
        node.test = self._clean(node.test)
        return node

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        self.generic_visit(node)
        node.test = self._clean(node.test)
        return node

    def visit_Not(self, node: nodes.Not) -> nodes.Node:
        self.generic_visit(node)
        node.node = self._clean(node.node)
        return node

    def visit_And(self, node: nodes.And) -> nodes.Node:
        self.generic_visit(node)
        node.left = self._clean(node.left)
        return node

    def visit_Or(self, node: nodes.Or) -> nodes.Node:
        self.generic_visit(node)
        node.left = self._clean(node.left)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _filter(node, _BOUNDED)

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        node.iter = _filter(self._clean(node.iter), _ROUNDS)
        return node


TEXT_METHODS = frozenset(m for m in dir(str) if not m.startswith("_"))


def _filter(node: nodes.Node, name: str) -> nodes.Expr:
    if isinstance(node, nodes.Const):
        return node
    return nodes.Filter(cast(nodes.Expr, node), name, [], [], None, None, lineno=node.lineno)


class SqlEnvironment(ImmutableSandboxedEnvironment):
    """The environment of one rendering of a project; ``budget`` is set anew before each file."""

    intercepted_binops = frozenset(["*", "**", "%", "+"])

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.places = Places()
        self.budget = Budget(1)
        self._quick = QuickTrees(self.places, self._tag_tokens, lambda text: self.tree(text, _TAG))
        super().__init__(
            loader=MacroLoader(sources), undefined=StrictUndefined, keep_trailing_newline=True, auto_reload=False,
            cache_size=-1, extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols", MarkExtension),
        )
        self.globals.pop("lipsum", None)
        self.filters.pop("random", None)  # the same files give the same text
        for table in (self.filters, self.tests):
            for name, function in list(table.items()):
                table[name] = _cleaned(function)
        self.filters[_CLEAN] = clean_value
        self.filters[_ROUNDS] = lambda items: self.budget.rounds(items)
        self.filters[_BOUNDED] = text_of_at_most

    def _tokenize(self, source: str, name: str | None, filename: str | None = None, state: str | None = None) -> TokenStream:
        """Jinja's own steps, from the tokens that are kept already: a template is cut into tokens once."""
        known = self.places.tokens[name or ""]
        tokens = self.lexer.wrap(((t.line, t.type, t.value) for t in known), name, filename)
        stream = TokenStream(tokens, name, filename)
        for extension in self.iter_extensions():
            stream = extension.filter_stream(stream)  # type: ignore[assignment]
            if not isinstance(stream, TokenStream):
                stream = TokenStream(stream, name, filename)
        return stream

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        transformed: nodes.Template = _Guards().visit(self.tree(source, filename or name or ""))
        return transformed

    def tree(self, source: str, name: str) -> nodes.Template:
        """A template as Jinja's tree, with marks and without guards (see ``evaluate``).

        :raises jinja2.TemplateSyntaxError: where Jinja can't read it.
        """
        failed = self.note(name, source)
        if failed is not None:
            raise failed
        return super()._parse(source, name, name)

    def quick_tree(self, source: str, name: str) -> nodes.Template | None:
        """The same out of parts that are known already, for ``evaluate`` alone; None where Jinja must read it."""
        try:
            return self._quick.read(source, name)
        except Exception:   # what is wrong is told where Jinja reads the template itself
            return None

    def _tag_tokens(self, text: str) -> tuple[RawToken, ...]:
        tokens, failed = raw_tokens(self, text, "")
        if failed is not None:
            raise failed
        return tokens

    def note(self, name: str, source: str) -> TemplateSyntaxError | None:
        """Keeps the text and the tokens of a template, for its marks and for the places of mistakes.

        Gives the lexer's error, where it gives up; the tokens up to there are kept.
        """
        self.places.sources[name] = source
        tokens, failed = raw_tokens(self, source, name)
        self.places.tokens[name] = tokens
        return failed

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator that could make something huge."""
        check_operation(operator, left, right)
        return text_of_at_most(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as in Jinja
        """Every call in a template: counted, and checked for texts beyond the limits."""
        __self.budget.call()
        plain = getattr(__obj, "__wrapped__", __obj)  # the sandbox wraps str.format
        owner = getattr(plain, "__self__", None)
        if isinstance(owner, (str, bytes)):
            check_method(owner, getattr(plain, "__name__", ""), args)
        return text_of_at_most(super().call(__context, __obj, *args, **kwargs))

    def compile_tree(self, tree: nodes.Template, name: str, variables: Mapping[str, Any]) -> Template:
        """A template from what ``tree`` gave, known by its path in tracebacks; the tree is not to be used again.

        :raises jinja2.TemplateSyntaxError: where Jinja finds a mistake in it.
        """
        code = self.compile(_Guards().visit(tree), name, name)
        return self.template_class.from_code(self, code, self.make_globals(dict(variables)), None)


def clean_value(value: Any) -> Any:
    """A value as a template may compare or cut it: a text without marks."""
    return clean(value) if isinstance(value, str) else value


_WIDE = ("center", "indent", "wordwrap", "batch", "slice")


def _cleaned(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter or test that sees texts without marks, and makes none beyond the limits."""
    name = getattr(function, "__name__", "").removeprefix("do_").removeprefix("sync_do_")

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        values = [clean_value(a) for a in args]
        if name in _WIDE and any(isinstance(a, int) and a > MAX_WIDTH for a in values[1:]):
            raise LimitReached(f"the template pads a text to more than {MAX_WIDTH:,} characters")
        if name == "format" and values and isinstance(values[0], str):
            check_operation("%", values[0], ())
        if name == "replace":
            texts = [v for v in values if isinstance(v, str)]
            check_method(texts[0] if texts else "", "replace", tuple(texts[1:]))
        return text_of_at_most(function(*values, **{k: clean_value(v) for k, v in kwargs.items()}))

    return wrapped
