"""Templates run once, so most are run straight from Jinja's tree: making Python code of one takes longer than all else.

Only the plain part of the language is known here: output, loops, conditions, ``set`` outside of loops, ``do``, and all
expressions. Whatever else a template holds, and whatever goes wrong while it runs, raises: Jinja's own way then runs it anew
and says what is wrong. So this way may only ever give what Jinja gives, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.runtime import Context, LoopContext, new_context

from flinksql_runner.templating.environment import SqlEnvironment
from flinksql_runner.templating.expressions import Expressions, Locals, Unsupported
from flinksql_runner.templating.limits import MAX_TEXT, LimitReached

Step = Callable[[Locals], None]


def evaluate(
    tree: nodes.Template, name: str, environment: SqlEnvironment, variables: Mapping[str, Any], reached: Callable[[int], None],
) -> str:
    """The text that a template makes; ``reached`` is told the line of each statement before it runs.

    :raises Exception: where the template must be run by Jinja itself.
    """
    context = new_context(environment, name, {}, None, False, environment.make_globals(dict(variables)))
    plan = _Plan(environment, context, reached)
    steps = plan.body(tree.body)
    known: Locals = {}
    for step in steps:
        step(known)
    return "".join(plan.out)


class _Plan:
    """Turns nodes into functions of the local variables; what they write is collected in ``out``."""

    def __init__(self, environment: SqlEnvironment, context: Context, reached: Callable[[int], None]) -> None:
        self.environment, self.context, self.reached = environment, context, reached
        self.value = Expressions(environment, context)
        self.out: list[str] = []
        self._length = 0
        self._loops = 0

    def body(self, found: Iterable[nodes.Node]) -> list[Step]:
        """The steps of a block."""
        return [step for node in found for step in self._statement(node)]

    def _statement(self, node: nodes.Node) -> Iterable[Step]:
        match node:
            case nodes.Output():
                return [self._output(child) for child in node.nodes]
            case nodes.For():
                return (self._for(node),)
            case nodes.If():
                return (self._if(node),)
            case nodes.Assign():
                return (self._assign(node),)
            case nodes.ExprStmt():
                return (self._do(node),)
            case _:
                raise Unsupported(type(node).__name__)

    def write(self, text: str) -> None:
        """Adds to the text that is made."""
        self._length += len(text)
        if self._length > 2 * MAX_TEXT:
            raise LimitReached("the text is too long")
        self.out.append(text)

    def _output(self, child: nodes.Expr) -> Step:
        write, reached, line = self.write, self.reached, child.lineno
        if type(child) is nodes.TemplateData:
            data = child.data
            return lambda known: write(data)
        value = self.value.expression(child)

        def step(known: Locals) -> None:
            reached(line)
            write(str(value(known)))

        return step

    def _for(self, node: nodes.For) -> Step:
        if node.test is not None or node.recursive:
            raise Unsupported("a loop of another kind")
        line, reached, budget = node.lineno, self.reached, self.environment.budget
        items, store = self.value.cleaned(node.iter), self._target(node.target)
        self._loops += 1
        steps = self.body(node.body)
        self._loops -= 1
        otherwise = self.body(node.else_)
        undefined = self.environment.undefined

        def step(known: Locals) -> None:
            reached(line)
            inner, empty = dict(known), True
            for item, loop in LoopContext(budget.rounds(items(known)), undefined):
                empty = False
                inner["loop"] = loop
                store(inner, item)
                for each in steps:
                    each(inner)
            if empty:
                for each in otherwise:
                    each(known)

        return step

    def _target(self, node: nodes.Node) -> Callable[[Locals, Any], None]:
        if type(node) is nodes.Name:
            name = node.name
            if name == "loop":
                raise Unsupported("the name loop")

            def one(known: Locals, value: Any) -> None:
                known[name] = value

            return one
        if type(node) is nodes.Tuple:
            stores = [self._target(item) for item in node.items]

            def many(known: Locals, value: Any) -> None:
                values = list(value)
                if len(values) != len(stores):
                    raise ValueError("values of another number than names")
                for store, each in zip(stores, values, strict=True):
                    store(known, each)

            return many
        raise Unsupported("a target of another kind")

    def _if(self, node: nodes.If) -> Step:
        reached = self.reached
        branches = [(each.lineno, self.value.cleaned(each.test), self.body(each.body)) for each in (node, *node.elif_)]
        otherwise = self.body(node.else_)

        def step(known: Locals) -> None:
            chosen = otherwise
            for line, test, steps in branches:
                reached(line)
                if test(known):
                    chosen = steps
                    break
            for each in chosen:
                each(known)

        return step

    def _assign(self, node: nodes.Assign) -> Step:
        if self._loops or type(node.target) is not nodes.Name:
            raise Unsupported("set in a loop, or of more than a name")
        self._target(node.target)
        line, reached, context, name = node.lineno, self.reached, self.context, node.target.name
        value = self.value.expression(node.node)

        def step(known: Locals) -> None:
            reached(line)
            known[name] = context.vars[name] = value(known)
            if not name.startswith("_"):
                context.exported_vars.add(name)

        return step

    def _do(self, node: nodes.ExprStmt) -> Step:
        line, reached, value = node.lineno, self.reached, self.value.expression(node.node)

        def step(known: Locals) -> None:
            reached(line)
            value(known)

        return step
