import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.analysis.ILine;
import org.jacoco.core.analysis.ISourceFileCoverage;
import org.jacoco.core.tools.ExecFileLoader;

/**
 * Makes reports of what `Each` took: for each test what it reaches of one source together with all that is not one of
 * these tests, because a report that only counts the branches of a line cannot be added to another.
 *
 * <p>Arguments: the folder, that of the compiled classes, the source's package with strokes, the source's name.
 */
public final class Report {
    public static void main(String[] arguments) throws IOException {
        Path folder = Paths.get(arguments[0]);
        String[] names = System.getenv("TESTGEN_EACH").split("\n");
        for (int index = 0; index < names.length; index++) {
            ExecFileLoader loader = new ExecFileLoader();
            if (load(folder, "*." + index + ".exec", loader) && load(folder, "*.rest.exec", loader)) {
                try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(folder.resolve(index + ".each")))) {
                    writer.println(names[index]);
                    report(loader, new File(arguments[1], arguments[2]), arguments[2], arguments[3], writer);
                }
            }
        }
    }

    private static boolean load(Path folder, String pattern, ExecFileLoader loader) throws IOException {
        boolean found = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : files) {
                loader.load(file.toFile());
                found = true;
            }
        }
        return found;
    }

    private static void report(
            ExecFileLoader loader, File classes, String inPackage, String source, PrintWriter writer)
            throws IOException {
        CoverageBuilder found = new CoverageBuilder();
        new Analyzer(loader.getExecutionDataStore(), found).analyzeAll(classes);
        writer.printf("<report name=\"each\"><package name=\"%s\"><sourcefile name=\"%s\">%n", inPackage, source);
        for (ISourceFileCoverage one : found.getSourceFiles()) {
            if (one.getName().equals(source) && one.getPackageName().equals(inPackage)) {
                lines(one, writer);
            }
        }
        writer.println("</sourcefile></package></report>");
    }

    private static void lines(ISourceFileCoverage source, PrintWriter writer) {
        for (int number = source.getFirstLine(); number <= source.getLastLine() && number > 0; number++) {
            ILine line = source.getLine(number);
            if (line.getStatus() != ICounter.EMPTY) {
                ICounter instructions = line.getInstructionCounter();
                ICounter branches = line.getBranchCounter();
                writer.printf(
                        "<line nr=\"%d\" mi=\"%d\" ci=\"%d\" mb=\"%d\" cb=\"%d\"/>%n",
                        number,
                        instructions.getMissedCount(),
                        instructions.getCoveredCount(),
                        branches.getMissedCount(),
                        branches.getCoveredCount());
            }
        }
    }
}
