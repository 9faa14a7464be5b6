#!/bin/sh
# Makes the reports in this folder with the tools themselves, from the sources in sources/.
# Needs Node.js with npm, Go, Maven, Python, and their registries. Run it where it stands: ./make.sh
set -e
here=$(cd "$(dirname "$0")" && pwd)
work=/tmp/shop  # stands in the reports as the project's root
rm -rf $work && cp -r "$here/sources" $work

cd $work/js
npm install --silent --no-save jest@30 c8@10
npx jest --silent
cp coverage/lcov.info "$here/istanbul.lcov"
cp coverage/cobertura-coverage.xml "$here/istanbul.cobertura.xml"
npx c8 --all --include 'src/**' --reporter lcovonly --reporter cobertura node run.js
cp coverage/lcov.info "$here/c8.lcov"
cp coverage/cobertura-coverage.xml "$here/c8.cobertura.xml"

cd $work/go
go test ./... -coverprofile=cover.out
cp cover.out "$here/go.out"
GOBIN=$work/bin go install github.com/boumenot/gocover-cobertura@latest
$work/bin/gocover-cobertura < cover.out > "$here/gocover-cobertura.xml"

cd $work/java
mvn -B -q test
cp cart/target/site/jacoco/jacoco.xml "$here/jacoco.module.xml"
cp report/target/site/jacoco-aggregate/jacoco.xml "$here/jacoco.groups.xml"

cd $work/python
python3 -m venv $work/venv
$work/venv/bin/pip install --quiet 'coverage==7.13.*'
$work/venv/bin/coverage run --branch --source=. run.py
$work/venv/bin/coverage json --quiet -o "$here/coverage.py.json"
$work/venv/bin/coverage xml --quiet -o "$here/coverage.py.cobertura.xml"
$work/venv/bin/coverage lcov --quiet -o "$here/coverage.py.lcov"
cp .coverage "$here/coverage.py.data"
