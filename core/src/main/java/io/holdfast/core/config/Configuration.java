package io.holdfast.core.config;

import io.holdfast.core.config.yaml.YamlEntry;
import io.holdfast.core.config.yaml.YamlFile;
import io.holdfast.core.config.yaml.YamlProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What all sources say, before it is bound to records.
 *
 * <p>Precedence: settings of the program (the node builder) &gt; command line &gt; system properties &gt; environment &gt; files, the last one first &gt; defaults of the program
 * &gt; {@link Default}. Keys are kebab-case with dots and compared by their letters and digits only, so {@code holdfast.node.bind}, {@code HOLDFAST_NODE_BIND} and
 * {@code holdfast.node.Bind} are one key.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class Configuration {
    private final List<Setting> settings;
    private final List<ConfigurationProblem> problems;

    private Configuration(List<Setting> settings, List<ConfigurationProblem> problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /**
     * Starts without any source.
     *
     * @return a builder for use by one thread
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads all sections of an application at once.
     *
     * @param sections every section that exists: a key under {@code holdfast.} or under a section's first name that belongs to none of them is a problem
     * @return the records
     * @throws ConfigurationException with every problem of every source and section
     * @throws io.holdfast.core.InvalidContractException if a record cannot be bound; the message names the component
     */
    public BoundConfiguration bind(List<Section<?>> sections) {
        Binder binder = new Binder(settings, problems);
        return binder.bind(sections, true);
    }

    /**
     * Reads one section; keys outside its prefix are not looked at.
     *
     * @param prefix the prefix of its keys, for instance {@code holdfast.discovery.swim}
     * @param type the record
     * @param <T> the record
     * @return the record
     * @throws ConfigurationException with every problem of the sources and of this section
     * @throws IllegalArgumentException if the prefix is not kebab-case
     * @throws io.holdfast.core.InvalidContractException if the record cannot be bound; the message names the component
     */
    public <T extends Record> T bind(String prefix, Class<T> type) {
        Section<T> section = Section.of(prefix, type);
        return new Binder(settings, problems).bind(List.of(section), false).get(section);
    }

    /** Collects the sources. The order of the calls does not matter, except among files. For use by one thread. */
    public static final class Builder {
        private final List<Setting> settings = new ArrayList<>();
        private final List<ConfigurationProblem> problems = new ArrayList<>();

        private Builder() {}

        /**
         * Adds what the program sets itself, for instance through the node builder; beats every other source.
         *
         * @param values keys and texts
         * @return this
         */
        public Builder settings(Map<String, String> values) {
            values.forEach((key, value) -> add(Setting.Kind.PROGRAM, key, value, "setting of the program " + key));
            return this;
        }

        /**
         * Adds the arguments of the form {@code --some.key=value}; others belong to the application and are left alone.
         *
         * @param arguments the arguments of {@code main}
         * @return this
         */
        public Builder commandLine(String... arguments) {
            for (String argument : arguments) {
                int equals = argument.indexOf('=');
                String name = equals < 0 ? argument : argument.substring(0, equals);
                if (name.startsWith("--") && name.indexOf('.') > 0) {
                    String value = equals < 0 ? null : argument.substring(equals + 1);
                    settings.add(new Setting(
                            Setting.Kind.COMMAND_LINE,
                            names(name.substring(2)),
                            value,
                            null,
                            false,
                            "argument " + name));
                }
            }
            return this;
        }

        /**
         * Adds the system properties of this process, as they are now.
         *
         * @return this
         */
        public Builder systemProperties() {
            return systemProperties(System.getProperties());
        }

        /**
         * Adds properties as if they were the system's.
         *
         * @param properties the properties
         * @return this
         */
        public Builder systemProperties(Properties properties) {
            for (String key : properties.stringPropertyNames()) {
                add(Setting.Kind.SYSTEM_PROPERTY, key, properties.getProperty(key, ""), "system property " + key);
            }
            return this;
        }

        /**
         * Adds the environment variables of this process.
         *
         * @return this
         */
        public Builder environment() {
            return environment(System.getenv());
        }

        /**
         * Adds variables as if they were the environment's. Variables that Kubernetes makes for a service of the same name ({@code HOLDFAST_PORT_7946_TCP},
         * {@code HOLDFAST_SERVICE_HOST}) are left alone.
         *
         * @param variables names and values
         * @return this
         */
        public Builder environment(Map<String, String> variables) {
            variables.forEach((name, value) -> {
                if (!name.matches(".*_SERVICE_(HOST|PORT)(_.*)?|.*_PORT|.*_PORT_\\d+_(TCP|UDP)(_.*)?")) {
                    List<String> tokens = Arrays.stream(name.split("_"))
                            .filter(token -> !token.isEmpty())
                            .toList();
                    settings.add(new Setting(
                            Setting.Kind.ENVIRONMENT, tokens, value, null, false, "environment variable " + name));
                }
            });
            return this;
        }

        /**
         * Adds a YAML 1.2 file of at most 1 MiB. It beats the files that were added before.
         *
         * @param path the file; if it is missing or cannot be read, binding fails and says so
         * @return this
         */
        public Builder file(Path path) {
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes(YamlFile.MAX_CHARACTERS * 4 + 1);
                text(path.toString(), List.of(), new String(bytes, StandardCharsets.UTF_8));
            } catch (NoSuchFileException e) {
                problem(path.toString(), "the file does not exist; create it or correct its name");
            } catch (IOException e) {
                problem(path.toString(), "the file cannot be read (" + e + "); check its permissions");
            }
            return this;
        }

        /**
         * Adds the weakest source: defaults that the program prefers to those of the records.
         *
         * @param values keys and texts
         * @return this
         */
        public Builder defaults(Map<String, String> values) {
            values.forEach(
                    (key, value) -> add(Setting.Kind.PROGRAM_DEFAULT, key, value, "default of the program for " + key));
            return this;
        }

        /**
         * Ends the collection. Problems of the sources are kept and reported with those of binding.
         *
         * @return what all sources say
         */
        public Configuration build() {
            List<Setting> strongestFirst = new ArrayList<>(settings);
            strongestFirst.sort(Comparator.comparing(Setting::kind));
            return new Configuration(List.copyOf(strongestFirst), List.copyOf(problems));
        }

        /**
         * Adds a piece of YAML 1.2, which JSON is too, as if it stood in a file under some key. It beats the files that were added before.
         *
         * @param name what problems call it, for instance {@code request body}
         * @param under the names of the key, for instance {@code holdfast, policies, catalog}; none for a whole file
         * @param text the piece, at most 1 MiB
         * @return this
         */
        public Builder text(String name, List<String> under, String text) {
            YamlFile file = YamlFile.parse(text);
            int position = 0;
            for (YamlEntry entry : file.entries()) {
                // in front of the earlier files, which lose
                settings.add(
                        position++,
                        new Setting(
                                Setting.Kind.FILE,
                                Stream.concat(under.stream(), entry.path().stream())
                                        .toList(),
                                entry.text(),
                                entry.items(),
                                entry.emptyMapping(),
                                name + ":" + entry.line()));
            }
            for (YamlProblem problem : file.problems()) {
                problem(problem.line() == 0 ? name : name + ":" + problem.line(), problem.message());
            }
            return this;
        }

        private void add(Setting.Kind kind, String key, String value, String location) {
            settings.add(new Setting(kind, names(key), value, null, false, location));
        }

        private void problem(String location, String message) {
            problems.add(new ConfigurationProblem(location, message));
        }

        private static List<String> names(String key) {
            return Arrays.asList(key.split("\\.", -1));
        }
    }
}
