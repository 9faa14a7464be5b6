import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Takes JaCoCo's counters, which sets them to zero, before and after each test of some. All that was taken is added to
 * the file that JaCoCo itself adds to in the end, so its report is what it would be without this; what was counted in
 * one of those tests is added to a file of its own as well, and everything else to another. Nothing is taken any more
 * once tests overlap.
 */
public final class Each implements TestExecutionListener {
    private static final Pattern AGENT = Pattern.compile("-javaagent:.*jacoco.*?=(?:.*,)?destfile=([^,]+).*");
    private static final String REST = "rest";

    private final List<String> wanted = Arrays.asList(System.getenv("TESTGEN_EACH").split("\n"));
    private final Path all = destination();
    private int running;
    private boolean overlap;

    @Override
    public synchronized void executionStarted(TestIdentifier test) {
        if (test.isTest()) {
            overlap |= running++ > 0;
            if (isWanted(test)) {
                take(REST);
            }
        }
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            running--;
            if (isWanted(test)) {
                take(String.valueOf(wanted.indexOf(nameOf(test))));
            }
        }
    }

    @Override
    public synchronized void testPlanExecutionFinished(TestPlan plan) {
        if (all != null && !overlap) {
            take(REST);
        }
    }

    private boolean isWanted(TestIdentifier test) {
        return all != null && !overlap && wanted.contains(nameOf(test));
    }

    private static String nameOf(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(source -> source.getClassName() + "." + source.getMethodName())
                .orElse("");
    }

    private void take(String name) {
        try {
            Object agent = Class.forName("org.jacoco.agent.rt.RT").getMethod("getAgent").invoke(null);
            byte[] data = (byte[])
                    Class.forName("org.jacoco.agent.rt.IAgent")
                            .getMethod("getExecutionData", boolean.class)
                            .invoke(agent, true);
            String file = ProcessHandle.current().pid() + "." + name + ".exec";
            add(data, all);
            add(data, Paths.get(System.getenv("TESTGEN_EACH_TO"), file));
        } catch (ReflectiveOperationException | IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private static void add(byte[] data, Path file) throws IOException {
        try (FileOutputStream stream = new FileOutputStream(file.toFile(), true)) {
            stream.write(data);
        }
    }

    /** Where JaCoCo adds to; null where it does not, or is not there. */
    private static Path destination() {
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            Matcher match = AGENT.matcher(argument);
            if (match.matches() && !argument.contains("append=false") && !argument.contains("output=")) {
                return Paths.get(match.group(1));
            }
        }
        return null;
    }
}
