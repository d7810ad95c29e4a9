import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.plugins.Plugin;

/** One OpenSearch node as a process of its own: the arguments are settings, {@code name=value} or {@code name=a,b}. */
public final class LocalNode {
    /** Modules and plugins that an installed server would find in its folders. */
    private static final String[] PLUGINS = {
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
        "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        "org.opensearch.painless.PainlessModulePlugin",
        "org.opensearch.script.expression.ExpressionModulePlugin",
        "org.opensearch.join.ParentJoinModulePlugin",
        "org.opensearch.transport.Netty4ModulePlugin",
        "org.opensearch.knn.plugin.KNNPlugin",
    };

    private LocalNode() {}

    public static void main(String[] arguments) throws Exception {
        Settings.Builder given = Settings.builder();
        for (String argument : arguments) {
            int at = argument.indexOf('=');
            String name = argument.substring(0, at);
            String value = argument.substring(at + 1);
            if (value.contains(",")) {
                given.putList(name, value.split(","));
            } else {
                given.put(name, value);
            }
        }
        Settings settings = given.build();
        Path config = Path.of(settings.get("path.home")).resolve("config");
        Files.createDirectories(config);

        List<Class<? extends Plugin>> plugins = new ArrayList<>();
        for (String name : PLUGINS) {
            plugins.add(Class.forName(name).asSubclass(Plugin.class));
        }
        OpenSearchRunnerNode node = new OpenSearchRunnerNode(new Environment(settings, config), plugins);
        node.start();

        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception error) {
                System.err.println("the node did not close cleanly: " + error);
            }
            ended.countDown();
        }));
        ended.await();
    }
}
