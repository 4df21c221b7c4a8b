import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.internal.TableEnvironmentInternal;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.table.functions.AggregateFunction;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.InputTypeStrategies;
import org.apache.flink.table.types.inference.InputTypeStrategy;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategies;

/**
 * Flink's planner as an oracle: JSON lines in, one JSON line out for each, in the same order.
 *
 * <p>In: {"id", "sql", "ddl": [statements run first, once for each list of them], "functions": [{"name", "kind", "arguments":
 * [type] or null, "result": type}], "set": {option: value}, "plan": bool}. A query is validated and its schema answered; with
 * "plan" (and for INSERT always) it is planned down to its operators too, since only then sinks, time attributes and changelogs
 * are looked at.
 *
 * <p>Out: {"id", "ok", "columns": [[name, type as DESCRIBE prints it]]} or {"id", "ok": false, "error", "line", "column",
 * "end_line", "end_column", "kind": class of the exception, "stage": "ddl" | "validate" | "plan"}; the places are from 1, and
 * missing where Flink tells none.
 */
public final class Oracle {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEPT = 24;

    private final Map<String, Object> environments =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
                    return size() > KEPT;
                }
            };

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err); // what Flink prints is no answer
        Oracle oracle = new Oracle();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            if (!line.isBlank()) {
                JsonNode request = JSON.readTree(line);
                if (request.has("dump")) {
                    out.println(JSON.writeValueAsString(Definitions.dump(JSON)));
                } else {
                    out.println(JSON.writeValueAsString(oracle.answer(request)));
                }
                out.flush();
            }
        }
    }

    private ObjectNode answer(JsonNode request) {
        ObjectNode out = JSON.createObjectNode();
        out.set("id", request.get("id"));
        Object found = environment(request);
        if (found instanceof Throwable) {
            return refused(out, (Throwable) found, "ddl");
        }
        TableEnvironmentInternal environment = (TableEnvironmentInternal) found;
        String sql = request.get("sql").asText();
        try {
            List<Operation> operations = environment.getParser().parse(sql);
            Operation operation = operations.get(0);
            if (operation instanceof QueryOperation) {
                columns(out, ((QueryOperation) operation).getResolvedSchema());
            } else if (operation instanceof ModifyOperation && ((ModifyOperation) operation).getChild() != null) {
                columns(out, ((ModifyOperation) operation).getChild().getResolvedSchema());
            }
            boolean plan = request.path("plan").asBoolean(false) || operation instanceof ModifyOperation;
            if (plan) {
                try {
                    environment.explainSql(sql);
                } catch (Throwable t) {
                    return refused(out, t, "plan");
                }
            } else if (!(operation instanceof QueryOperation)) {
                environment.executeSql(sql);
            }
            return out.put("ok", true);
        } catch (Throwable t) {
            return refused(out, t, "validate");
        }
    }

    private Object environment(JsonNode request) {
        String key = request.path("ddl") + "|" + request.path("functions") + "|" + request.path("set");
        return environments.computeIfAbsent(key, k -> {
            try {
                return open(request);
            } catch (Throwable t) {
                return t;
            }
        });
    }

    private TableEnvironmentInternal open(JsonNode request) {
        TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.newInstance().inStreamingMode().build());
        environment.getConfig().set("table.local-time-zone", "UTC");
        request.path("set").fields().forEachRemaining(e -> environment.getConfig().set(e.getKey(), e.getValue().asText()));
        for (JsonNode function : request.path("functions")) {
            environment.createTemporarySystemFunction(function.get("name").asText(), function(function));
        }
        for (JsonNode statement : request.path("ddl")) {
            environment.executeSql(statement.asText());
        }
        return (TableEnvironmentInternal) environment;
    }

    private static UserDefinedFunction function(JsonNode told) {
        JsonNode arguments = told.path("arguments");
        String[] types = null;
        if (arguments.isArray()) {
            types = new String[arguments.size()];
            for (int i = 0; i < types.length; i++) {
                types[i] = arguments.get(i).asText();
            }
        }
        String result = told.get("result").asText();
        switch (told.path("kind").asText("scalar")) {
            case "table":
                return new Table(types, result);
            case "aggregate":
                return new Aggregate(types, result);
            default:
                return new Scalar(types, result);
        }
    }

    private static TypeInference inference(DataTypeFactory factory, String[] arguments, String result) {
        InputTypeStrategy input = InputTypeStrategies.WILDCARD;
        if (arguments != null) {
            DataType[] types = new DataType[arguments.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = factory.createDataType(arguments[i]);
            }
            input = InputTypeStrategies.explicitSequence(types);
        }
        return TypeInference.newBuilder()
                .inputTypeStrategy(input)
                .accumulatorTypeStrategy(TypeStrategies.explicit(DataTypes.BIGINT()))
                .outputTypeStrategy(TypeStrategies.explicit(factory.createDataType(result)))
                .build();
    }

    private static void columns(ObjectNode out, ResolvedSchema schema) {
        ArrayNode columns = out.putArray("columns");
        for (Column column : schema.getColumns()) {
            columns.addArray().add(column.getName()).add(column.getDataType().getLogicalType().asSummaryString());
        }
    }

    private static ObjectNode refused(ObjectNode out, Throwable thrown, String stage) {
        out.remove("columns");
        out.put("ok", false).put("stage", stage);
        StringBuilder text = new StringBuilder();
        String before = "";
        for (Throwable t = thrown; t != null; t = t.getCause() == t ? null : t.getCause()) {
            String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
            if (!before.contains(message)) {
                text.append(text.length() == 0 ? "" : "\n").append(message);
            }
            before = message;
            if (t instanceof CalciteContextException) {
                CalciteContextException c = (CalciteContextException) t;
                if (c.getPosLine() > 0) {
                    out.put("line", c.getPosLine()).put("column", c.getPosColumn());
                    out.put("end_line", c.getEndPosLine()).put("end_column", c.getEndPosColumn());
                }
            } else if (t instanceof org.apache.calcite.sql.parser.SqlParseException) {
                org.apache.calcite.sql.parser.SqlParserPos place = ((org.apache.calcite.sql.parser.SqlParseException) t).getPos();
                if (place != null) {
                    out.put("line", place.getLineNum()).put("column", place.getColumnNum());
                }
            }
        }
        String all = text.toString();
        out.put("error", all.length() > 2000 ? all.substring(0, 2000) : all);
        return out.put("kind", thrown.getClass().getSimpleName());
    }

    /** Stands for a function of another language: its signature alone. */
    public static class Scalar extends ScalarFunction {
        private final String[] arguments;
        private final String result;

        Scalar(String[] arguments, String result) {
            this.arguments = arguments;
            this.result = result;
        }

        public Object eval(Object... values) {
            return null;
        }

        @Override
        public TypeInference getTypeInference(DataTypeFactory factory) {
            return inference(factory, arguments, result);
        }
    }

    /** As Scalar, for a function that gives rows. */
    public static class Table extends TableFunction<Object> {
        private final String[] arguments;
        private final String result;

        Table(String[] arguments, String result) {
            this.arguments = arguments;
            this.result = result;
        }

        public void eval(Object... values) {}

        @Override
        public TypeInference getTypeInference(DataTypeFactory factory) {
            return inference(factory, arguments, result);
        }
    }

    /** As Scalar, for an aggregate. */
    public static class Aggregate extends AggregateFunction<Object, Long> {
        private final String[] arguments;
        private final String result;

        Aggregate(String[] arguments, String result) {
            this.arguments = arguments;
            this.result = result;
        }

        @Override
        public Long createAccumulator() {
            return 0L;
        }

        @Override
        public Object getValue(Long accumulator) {
            return null;
        }

        public void accumulate(Long accumulator, Object... values) {}

        public void retract(Long accumulator, Object... values) {}

        public void merge(Long accumulator, Iterable<Long> others) {}

        @Override
        public TypeInference getTypeInference(DataTypeFactory factory) {
            return inference(factory, arguments, result);
        }
    }
}
