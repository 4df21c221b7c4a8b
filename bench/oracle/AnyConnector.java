import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.abilities.SupportsOverwrite;
import org.apache.flink.table.connector.sink.abilities.SupportsPartitioning;
import org.apache.flink.table.connector.sink.abilities.SupportsWritingMetadata;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.functions.LookupFunction;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.RowKind;

/**
 * Stands for any connector: all types, all metadata, a source that scans and looks up, a sink. Options: 'changelog' = insert (the
 * default), upsert, retract, for the source; 'sink' = any, upsert, append: what the sink takes.
 */
public final class AnyConnector implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    @Override
    public String factoryIdentifier() {
        return "any";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Collections.emptySet();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Collections.emptySet();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        return new Source(context.getCatalogTable().getResolvedSchema(), context.getCatalogTable().getOptions());
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        return new Sink(context.getCatalogTable().getResolvedSchema(), context.getCatalogTable().getOptions());
    }

    private static Map<String, DataType> metadata(ResolvedSchema schema) {
        Map<String, DataType> found = new LinkedHashMap<>();
        for (Column column : schema.getColumns()) {
            if (column instanceof Column.MetadataColumn) {
                found.put(((Column.MetadataColumn) column).getMetadataKey().orElse(column.getName()), column.getDataType());
            }
        }
        return found;
    }

    private static final class Source implements ScanTableSource, LookupTableSource, SupportsReadingMetadata {
        private final ResolvedSchema schema;
        private final Map<String, String> options;
        private DataType produced;

        Source(ResolvedSchema schema, Map<String, String> options) {
            this.schema = schema;
            this.options = options;
            this.produced = schema.toPhysicalRowDataType();
        }

        @Override
        public ChangelogMode getChangelogMode() {
            switch (options.getOrDefault("changelog", "insert")) {
                case "upsert":
                    return ChangelogMode.upsert();
                case "retract":
                    return ChangelogMode.all();
                default:
                    return ChangelogMode.insertOnly();
            }
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            TypeInformation<RowData> type = context.createTypeInformation(produced);
            return new DataStreamScanProvider() {
                @Override
                public DataStream<RowData> produceDataStream(ProviderContext provider, StreamExecutionEnvironment environment) {
                    return environment.fromCollection(new ArrayList<RowData>(), type);
                }

                @Override
                public boolean isBounded() {
                    return false;
                }
            };
        }

        @Override
        public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
            return LookupFunctionProvider.of(new Nothing());
        }

        @Override
        public Map<String, DataType> listReadableMetadata() {
            return metadata(schema);
        }

        @Override
        public void applyReadableMetadata(List<String> keys, DataType type) {
            produced = type;
        }

        @Override
        public DynamicTableSource copy() {
            Source copy = new Source(schema, options);
            copy.produced = produced;
            return copy;
        }

        @Override
        public String asSummaryString() {
            return "any";
        }
    }

    /** Finds no row. */
    public static class Nothing extends LookupFunction {
        @Override
        public java.util.Collection<RowData> lookup(RowData key) {
            return Collections.emptyList();
        }
    }

    private static final class Sink implements DynamicTableSink, SupportsWritingMetadata, SupportsPartitioning, SupportsOverwrite {
        private final ResolvedSchema schema;
        private final Map<String, String> options;

        Sink(ResolvedSchema schema, Map<String, String> options) {
            this.schema = schema;
            this.options = options;
        }

        @Override
        public ChangelogMode getChangelogMode(ChangelogMode wanted) {
            String kind = options.getOrDefault("sink", "any");
            if (kind.equals("append")) {
                return ChangelogMode.insertOnly();
            }
            if (kind.equals("upsert") || schema.getPrimaryKey().isPresent()) {
                ChangelogMode.Builder mode = ChangelogMode.newBuilder();
                for (RowKind row : wanted.getContainedKinds()) {
                    if (row != RowKind.UPDATE_BEFORE) {
                        mode.addContainedKind(row);
                    }
                }
                return mode.build();
            }
            return wanted;
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            return new org.apache.flink.table.connector.sink.DataStreamSinkProvider() {
                @Override
                public org.apache.flink.streaming.api.datastream.DataStreamSink<?> consumeDataStream(
                        ProviderContext provider, DataStream<RowData> stream) {
                    return stream.print();
                }
            };
        }

        @Override
        public Map<String, DataType> listWritableMetadata() {
            return metadata(schema);
        }

        @Override
        public void applyWritableMetadata(List<String> keys, DataType type) {}

        @Override
        public void applyStaticPartition(Map<String, String> partition) {}

        @Override
        public void applyOverwrite(boolean overwrite) {}

        @Override
        public DynamicTableSink copy() {
            return new Sink(schema, options);
        }

        @Override
        public String asSummaryString() {
            return "any";
        }
    }
}
