import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.table.factories.DecodingFormatFactory;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.EncodingFormatFactory;
import org.apache.flink.table.factories.Factory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.util.TimeUtils;

/**
 * Prints what the factories of some jars say about themselves, one line each, fields separated by tabs:
 * kind, identifier, class, sides; and below it each option: need, key, type, default, fallback keys.
 *
 * <p>Arguments: jars, whose factories are asked. The classes of Flink itself are on the class path, and their factories are
 * asked where no jar is given. {@code make_connector_options.py} calls it.
 */
public final class ConnectorOptions {

    private ConnectorOptions() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 0) {
            watermarks();
        }
        List<URL> jars = new ArrayList<>();
        for (String arg : args) {
            jars.add(Path.of(arg).toUri().toURL());
        }
        ClassLoader above = ConnectorOptions.class.getClassLoader();
        try (URLClassLoader loader = new URLClassLoader(jars.toArray(new URL[0]), above)) {
            TreeMap<String, Factory> found = new TreeMap<>();
            for (ServiceLoader.Provider<Factory> provider :
                    ServiceLoader.load(Factory.class, loader).stream().collect(Collectors.toList())) {
                boolean fromJar = provider.type().getClassLoader() == loader;
                if (fromJar == (args.length > 0)) {
                    Factory factory = provider.get();
                    if (kind(factory) != null) {
                        found.put(factory.factoryIdentifier() + " " + factory.getClass().getName(), factory);
                    }
                }
            }
            for (Factory factory : found.values()) {
                tell(factory);
            }
        }
    }

    /** Formats of whole files (parquet) are no formats of messages; one identifier may have a factory for each. */
    private static String kind(Factory factory) {
        if (factory instanceof DynamicTableFactory) {
            return "connector";
        }
        if (factory instanceof DeserializationFormatFactory || factory instanceof SerializationFormatFactory) {
            return "format";
        }
        return factory instanceof DecodingFormatFactory || factory instanceof EncodingFormatFactory ? "file-format" : null;
    }

    private static void tell(Factory factory) throws Exception {
        boolean source = factory instanceof DynamicTableSourceFactory || factory instanceof DecodingFormatFactory;
        boolean sink = factory instanceof DynamicTableSinkFactory || factory instanceof EncodingFormatFactory;
        line(kind(factory), factory.factoryIdentifier(), factory.getClass().getName(),
                source && sink ? "both" : source ? "source" : "sink");
        options("required", factory.requiredOptions());
        options("optional", factory.optionalOptions());
    }

    /** The options that Flink takes for every table, whatever its connector says. */
    private static void watermarks() throws Exception {
        line("common", "", FactoryUtil.class.getName(), "source");
        Field field = FactoryUtil.class.getDeclaredField("watermarkOptionSet");
        field.setAccessible(true);
        @SuppressWarnings("unchecked")
        Set<ConfigOption<?>> options = (Set<ConfigOption<?>>) field.get(null);
        options("optional", options);
    }

    private static void options(String need, Set<ConfigOption<?>> options) throws Exception {
        List<ConfigOption<?>> sorted = new ArrayList<>(options);
        sorted.sort(Comparator.comparing(ConfigOption::key));
        for (ConfigOption<?> option : sorted) {
            List<String> other = new ArrayList<>();
            for (FallbackKey key : option.fallbackKeys()) {
                other.add((key.isDeprecated() ? "-" : "") + key.getKey());
            }
            line("", need, option.key(), type(option), text(option.defaultValue()), String.join(",", other));
        }
    }

    private static String type(ConfigOption<?> option) throws Exception {
        Field clazz = ConfigOption.class.getDeclaredField("clazz");
        Field isList = ConfigOption.class.getDeclaredField("isList");
        clazz.setAccessible(true);
        isList.setAccessible(true);
        Class<?> type = (Class<?>) clazz.get(option);
        String told = type.getSimpleName().toLowerCase(Locale.ROOT);
        if (type.isEnum()) {
            told = Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining("|"));
        }
        return (boolean) isList.get(option) ? "list<" + told + ">" : told;
    }

    private static String text(Object value) {
        if (value == null) {
            return "";
        }
        String told = value instanceof Duration ? TimeUtils.formatWithHighestUnit((Duration) value) : value.toString();
        return told.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r");
    }

    private static void line(String... fields) {
        System.out.println(String.join("\t", fields));
    }
}
