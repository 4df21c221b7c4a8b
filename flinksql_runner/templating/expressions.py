"""Expressions of a template as functions of its local variables: what ``evaluate`` computes with.

They do what Jinja's compiled code does in our environment: the sandbox looks at calls, attributes and arithmetic, texts are
compared without their marks, nothing grows beyond the limits.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.runtime import Context, Undefined, str_join
from jinja2.utils import _PassArg, missing

from flinksql_runner.templating.environment import TEXT_METHODS, SqlEnvironment, clean_value
from flinksql_runner.templating.limits import text_of_at_most

Locals = dict[str, Any]
Value = Callable[[Locals], Any]


class Unsupported(Exception):
    """The template holds something that only Jinja's own way runs."""


class Expressions:
    """Turns nodes into functions, for one rendering."""

    def __init__(self, environment: SqlEnvironment, context: Context) -> None:
        self.environment, self.context = environment, context

    def expression(self, node: nodes.Node) -> Value:
        """The function that computes an expression."""
        make = _EXPRESSIONS.get(type(node))
        if make is None:
            raise Unsupported(type(node).__name__)
        return make(self, node)

    def cleaned(self, node: nodes.Node) -> Value:
        """The same without marks; a constant has none."""
        value = self.expression(node)
        return value if type(node) is nodes.Const else lambda known: clean_value(value(known))

    def const(self, node: nodes.Const) -> Value:
        """A literal."""
        value = node.value
        return lambda known: value

    def name(self, node: nodes.Name) -> Value:
        """A variable: of a loop or ``set``, else one that all templates know."""
        name, resolve, undefined = node.name, self.context.resolve_or_missing, self.environment.undefined

        def value(known: Locals) -> Any:
            if name in known:
                return known[name]
            found = resolve(name)
            return undefined(name=name) if found is missing else found

        return value

    def sequence(self, node: nodes.List | nodes.Tuple) -> Value:
        """A list or tuple."""
        items, make = [self.expression(i) for i in node.items], list if type(node) is nodes.List else tuple
        return lambda known: make([item(known) for item in items])

    def mapping(self, node: nodes.Dict) -> Value:
        """A mapping."""
        pairs = [(self.expression(p.key), self.expression(p.value)) for p in node.items]
        return lambda known: {key(known): value(known) for key, value in pairs}

    def condition(self, node: nodes.CondExpr) -> Value:
        """``a if b else c``; without ``else`` nothing is written."""
        test, first = self.cleaned(node.test), self.expression(node.expr1)
        second: Value = (lambda known: Undefined()) if node.expr2 is None else self.expression(node.expr2)
        return lambda known: first(known) if test(known) else second(known)

    def call(self, node: nodes.Call) -> Value:
        """A call, guarded by the sandbox."""
        function, arguments = self.expression(node.node), self._arguments(node)
        call, context = self.environment.call, self.context

        def value(known: Locals) -> Any:
            called = function(known)
            args, kwargs = arguments(known)
            return call(context, called, *args, **kwargs)

        return value

    def _arguments(self, node: nodes.Call | nodes.Filter | nodes.Test) -> Callable[[Locals], tuple[list[Any], dict[str, Any]]]:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise Unsupported("* or ** in a call")
        args = [self.expression(a) for a in node.args]
        kwargs = [(str(k.key), self.expression(k.value)) for k in node.kwargs]
        return lambda known: ([a(known) for a in args], {key: value(known) for key, value in kwargs})

    def filtered(self, node: nodes.Filter | nodes.Test) -> Value:
        """``x|f(...)`` or ``x is f(...)``."""
        table: Mapping[str, Any] = self.environment.filters if type(node) is nodes.Filter else self.environment.tests
        function: Any = table.get(node.name)
        if function is None or node.node is None:
            raise Unsupported(node.name)
        passed: Mapping[_PassArg | None, Any] = {
            _PassArg.context: self.context, _PassArg.eval_context: self.context.eval_ctx, _PassArg.environment: self.environment}
        kind = _PassArg.from_obj(function)
        first = [passed[kind]] if kind in passed else []
        inner, arguments = self.expression(node.node), self._arguments(node)

        def value(known: Locals) -> Any:
            piped = inner(known)
            args, kwargs = arguments(known)
            return function(*first, piped, *args, **kwargs)

        return value

    def attribute(self, node: nodes.Getattr) -> Value:
        """``x.y``."""
        read = self.cleaned if type(node.node) is not nodes.Name or node.attr in TEXT_METHODS else self.expression
        owner, name, get = read(node.node), node.attr, self.environment.getattr
        return lambda known: get(owner(known), name)

    def item(self, node: nodes.Getitem) -> Value:
        """``x[y]`` or ``x[a:b]``."""
        owner, get = self.cleaned(node.node), self.environment.getitem
        if type(node.arg) is nodes.Slice:
            parts = [self.expression(p) if p is not None else None for p in (node.arg.start, node.arg.stop, node.arg.step)]
            return lambda known: owner(known)[slice(*(p(known) if p is not None else None for p in parts))]
        key = self.cleaned(node.arg)
        return lambda known: get(owner(known), key(known))

    def concat(self, node: nodes.Concat) -> Value:
        """``a ~ b``."""
        parts = [self.expression(n) for n in node.nodes]
        return lambda known: text_of_at_most(str_join([p(known) for p in parts]))

    def compare(self, node: nodes.Compare) -> Value:
        """``a < b``, and chains of it."""
        first, rest = self.cleaned(node.expr), [(_COMPARE[o.op], self.cleaned(o.expr)) for o in node.ops]

        def value(known: Locals) -> Any:
            left, result = first(known), True
            for compare, operand in rest:
                right = operand(known)
                result = compare(left, right)
                if not result:
                    break
                left = right
            return result

        return value

    def both(self, node: nodes.And) -> Value:
        """``a and b``."""
        left, right = self.cleaned(node.left), self.expression(node.right)
        return lambda known: left(known) and right(known)

    def either(self, node: nodes.Or) -> Value:
        """``a or b``."""
        left, right = self.cleaned(node.left), self.expression(node.right)
        return lambda known: left(known) or right(known)

    def unary(self, node: nodes.UnaryExpr) -> Value:
        """``not a``, ``-a``, ``+a``."""
        if type(node) is nodes.Not:
            inner = self.cleaned(node.node)
            return lambda known: not inner(known)
        plain, apply = self.expression(node.node), operator.neg if type(node) is nodes.Neg else operator.pos
        return lambda known: apply(plain(known))

    def binary(self, node: nodes.BinExpr) -> Value:
        """Arithmetic; what could make something huge goes through the sandbox."""
        left, right, sign = self.expression(node.left), self.expression(node.right), node.operator
        if sign in self.environment.intercepted_binops:
            bounded, context = self.environment.call_binop, self.context
            return lambda known: bounded(context, sign, left(known), right(known))
        apply = {"-": operator.sub, "/": operator.truediv, "//": operator.floordiv}[sign]
        return lambda known: apply(left(known), right(known))


_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le,
    "in": lambda a, b: a in b, "notin": lambda a, b: a not in b,
}
_EXPRESSIONS: Mapping[type[nodes.Node], Callable[[Expressions, Any], Value]] = {
    nodes.Const: Expressions.const,
    nodes.Name: Expressions.name,
    nodes.List: Expressions.sequence,
    nodes.Tuple: Expressions.sequence,
    nodes.Dict: Expressions.mapping,
    nodes.CondExpr: Expressions.condition,
    nodes.Call: Expressions.call,
    nodes.Filter: Expressions.filtered,
    nodes.Test: Expressions.filtered,
    nodes.Getattr: Expressions.attribute,
    nodes.Getitem: Expressions.item,
    nodes.Concat: Expressions.concat,
    nodes.Compare: Expressions.compare,
    nodes.And: Expressions.both,
    nodes.Or: Expressions.either,
    nodes.Not: Expressions.unary,
    nodes.Neg: Expressions.unary,
    nodes.Pos: Expressions.unary,
    nodes.Add: Expressions.binary,
    nodes.Sub: Expressions.binary,
    nodes.Mul: Expressions.binary,
    nodes.Div: Expressions.binary,
    nodes.FloorDiv: Expressions.binary,
    nodes.Mod: Expressions.binary,
    nodes.Pow: Expressions.binary,
}
