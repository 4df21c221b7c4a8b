import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlOperator;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.table.functions.BuiltInFunctionDefinition;
import org.apache.flink.table.functions.BuiltInFunctionDefinitions;
import org.apache.flink.table.planner.functions.sql.FlinkSqlOperatorTable;
import org.apache.flink.table.types.inference.StaticArgument;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeInferenceUtil;
import org.apache.flink.table.types.logical.LogicalType;

/** Tells what Flink's own definitions of functions and operators say of themselves, strategies of types by reflection. */
final class Definitions {
    private static final Map<Object, String> NAMED = new java.util.IdentityHashMap<>();

    private Definitions() {}

    static ObjectNode dump(ObjectMapper json) {
        ObjectNode out = json.createObjectNode();
        ArrayNode functions = out.putArray("functions");
        List<BuiltInFunctionDefinition> all = new ArrayList<>(BuiltInFunctionDefinitions.getDefinitions());
        all.sort(Comparator.comparing(BuiltInFunctionDefinition::getName));
        for (BuiltInFunctionDefinition definition : all) {
            TypeInference inference = definition.getTypeInference(null);
            ObjectNode one = functions.addObject();
            one.put("name", definition.getName());
            definition.getSqlName();
            one.put("sql", definition.getSqlName());
            one.put("kind", definition.getKind().name());
            one.put("deterministic", definition.isDeterministic());
            one.put("internal", definition.isInternal());
            one.put("runtime", definition.hasRuntimeImplementation());
            one.put("input", tell(inference.getInputTypeStrategy(), 0));
            one.put("output", tell(inference.getOutputTypeStrategy(), 0));
            Optional<List<StaticArgument>> arguments = inference.getStaticArguments();
            arguments.ifPresent(list -> {
                ArrayNode told = one.putArray("arguments");
                for (StaticArgument a : list) {
                    told.addObject().put("name", a.getName()).put("optional", a.isOptional()).put("type",
                            a.getDataType().map(Object::toString).orElse("")).put("traits", a.getTraits().toString());
                }
            });
            try {
                one.put("signature", TypeInferenceUtil.generateSignature(inference, definition.getName(), definition));
            } catch (Throwable t) {
                one.put("signature", "");
            }
        }
        ArrayNode operators = out.putArray("operators");
        for (SqlOperator operator : FlinkSqlOperatorTable.instance(false).getOperatorList()) {
            ObjectNode one = operators.addObject();
            one.put("name", operator.getName());
            one.put("kind", operator.getKind().name());
            one.put("syntax", operator.getSyntax().name());
            one.put("class", operator.getClass().getSimpleName());
            one.put("deterministic", operator.isDeterministic());
            one.put("dynamic", operator.isDynamicFunction());
            one.put("aggregate", operator.isAggregator());
            one.put("over", operator.requiresOver());
            one.put("group", operator.isGroup());
            try {
                one.put("signature", operator.getAllowedSignatures());
            } catch (Throwable t) {
                one.put("signature", "");
            }
            try {
                one.put("count", String.valueOf(operator.getOperandCountRange().getMin()) + ".." + operator.getOperandCountRange().getMax());
            } catch (Throwable t) {
                one.put("count", "");
            }
            try {
                one.put("checker", tell(operator.getOperandTypeChecker(), 0));
                one.put("returns", tell(operator.getReturnTypeInference(), 0));
            } catch (Throwable t) {
                one.put("checker", t.toString());
            }
        }
        return out;
    }

    /** The constants that Flink and Calcite have names for. */
    private static Map<Object, String> named() {
        if (NAMED.isEmpty()) {
            for (Class<?> owner : new Class<?>[] {
                org.apache.calcite.sql.type.SqlTypeTransforms.class,
                org.apache.calcite.sql.type.ReturnTypes.class,
                org.apache.calcite.sql.type.OperandTypes.class,
                org.apache.calcite.sql.type.InferTypes.class,
                org.apache.flink.table.planner.functions.sql.internal.SqlAuxiliaryGroupAggFunction.class,
                org.apache.flink.table.types.inference.TypeStrategies.class,
                org.apache.flink.table.types.inference.InputTypeStrategies.class,
                org.apache.flink.table.types.inference.strategies.SpecificTypeStrategies.class,
                org.apache.flink.table.types.inference.strategies.SpecificInputTypeStrategies.class,
            }) {
                name(owner);
            }
            for (String other : new String[] {
                "org.apache.flink.table.planner.functions.sql.FlinkReturnTypes",
                "org.apache.flink.table.planner.calcite.FlinkOperandTypes",
                "org.apache.flink.table.planner.typeutils.FlinkReturnTypes",
            }) {
                try {
                    name(Class.forName(other));
                } catch (ClassNotFoundException e) {
                    // not in this version
                }
            }
        }
        return NAMED;
    }

    private static void name(Class<?> owner) {
        for (Field field : owner.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                try {
                    field.setAccessible(true);
                    Object value = field.get(null);
                    if (value != null && !(value instanceof Boolean) && !(value instanceof Number)) {
                        NAMED.putIfAbsent(value, field.getName());
                    }
                } catch (Throwable t) {
                    // no name then
                }
            }
        }
    }

    /** Class name and fields of a strategy, nested. */
    private static String tell(Object value, int depth) {
        if (value == null) {
            return "null";
        }
        if (named().containsKey(value)) {
            return named().get(value);
        }
        if (depth > 8) {
            return "...";
        }
        if (value instanceof DataType) {
            return "'" + ((DataType) value).getLogicalType().asSummaryString() + "'";
        }
        if (value instanceof LogicalType) {
            return "'" + ((LogicalType) value).asSummaryString() + "'";
        }
        if (value instanceof Optional) {
            return ((Optional<?>) value).map(v -> tell(v, depth + 1)).orElse("-");
        }
        if (value instanceof Object[]) {
            List<String> parts = new ArrayList<>();
            for (Object item : (Object[]) value) {
                parts.add(tell(item, depth + 1));
            }
            return "[" + String.join(", ", parts) + "]";
        }
        if (value instanceof Collection) {
            List<String> parts = new ArrayList<>();
            for (Object item : (Collection<?>) value) {
                parts.add(tell(item, depth + 1));
            }
            return "[" + String.join(", ", parts) + "]";
        }
        if (value instanceof Map) {
            List<String> parts = new ArrayList<>();
            ((Map<?, ?>) value).forEach((k, v) -> parts.add(tell(k, depth + 1) + ": " + tell(v, depth + 1)));
            return "{" + String.join(", ", parts) + "}";
        }
        if (value instanceof Enum || value instanceof Number || value instanceof Boolean || value instanceof CharSequence) {
            return value.toString();
        }
        if (value instanceof Class) {
            return ((Class<?>) value).getSimpleName();
        }
        String name = value.getClass().getSimpleName();
        if (name.contains("$$Lambda")) {
            name = value.getClass().getName().replaceAll("^.*\\.", "").replaceAll("\\$\\$Lambda.*", "") + ".lambda";
        }
        List<String> parts = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Class<?> c = value.getClass(); c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic() || !seen.add(field.getName())) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    parts.add(field.getName() + "=" + tell(field.get(value), depth + 1));
                } catch (Throwable t) {
                    parts.add(field.getName() + "=?");
                }
            }
        }
        return name + "(" + String.join(", ", parts) + ")";
    }
}
