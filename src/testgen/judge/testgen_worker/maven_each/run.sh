#!/bin/sh
# Around a Maven command: has JUnit 5 and JaCoCo tell what each of some tests reaches, which would else take a run for
# each.
#
# `Each` listens to the tests; `Report` makes reports of what it took. Both are compiled against what Maven has
# downloaded. Where that is not there nothing is told, and the command does what it does without this.
#
# $1 is the command. TESTGEN_EACH has the names of the tests, a line each; TESTGEN_EACH_TO is the folder for what is
# found, TESTGEN_EACH_CLASSES that of the compiled source, TESTGEN_EACH_PACKAGE its package with strokes,
# TESTGEN_EACH_NAME its own name.
here=$(dirname "$0")
repository=$(expr " $MAVEN_OPTS" : '.*-Dmaven\.repo\.local=\([^ ]*\)')
repository=${repository:-$HOME/.m2/repository}
listener=$TESTGEN_EACH_TO/listener

# The jars below some folders of the repository, newest first.
jars() { (cd "$repository" 2>/dev/null && find "$@" -name '*.jar' | sort -rV | sed "s|^|$repository/|" | tr '\n' ':'); }

if [ ! -d "$listener" ]; then
    services=$listener/META-INF/services
    mkdir -p "$services"
    echo Each >"$services/org.junit.platform.launcher.TestExecutionListener"
    javac -proc:none -d "$listener" -cp "$(jars org/junit/platform)" "$here/Each.java" >/dev/null 2>&1 ||
        rm -r "$services"
fi
if [ -n "$TESTGEN_EACH" ]; then
    MAVEN_OPTS="$MAVEN_OPTS -Dmaven.test.additionalClasspath=$listener"
    export MAVEN_OPTS
fi
rm -f "$TESTGEN_EACH_TO"/*.exec
sh -c "$1"
status=$?
set -- "$TESTGEN_EACH_TO" "$TESTGEN_EACH_CLASSES" "$TESTGEN_EACH_PACKAGE" "$TESTGEN_EACH_NAME"
if ls "$TESTGEN_EACH_TO"/*.exec >/dev/null 2>&1; then
    java -cp "$(jars org/jacoco/org.jacoco.core org/ow2/asm)" "$here/Report.java" "$@" >/dev/null 2>&1
fi
exit $status
