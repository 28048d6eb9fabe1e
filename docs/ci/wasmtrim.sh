#!/bin/sh
# Compares every profile with its base, then builds and judges them all: for any CI, or by hand.
# Usage: wasmtrim.sh [BASE [PROFILE]]; BASE is auto and PROFILE is all of them, if left out.
# Leaves dist/report and dist/compare. Ends with the worst exit status of the commands in it.
set -u
base=${1:-auto}
only=${2:-}
worst=0
mkdir -p dist/compare

for file in config/profiles/*.yaml; do
    name=$(basename "$file" .yaml)
    [ -n "$only" ] && [ "$name" != "$only" ] && continue
    judged=dist/compare/$name.json
    wasmtrim compare --base "$base" --profile "$name" --format json >"$judged"
    status=$?
    [ $status -gt 1 ] && rm "$judged" # it said on stderr why there is none
    [ $status -gt $worst ] && worst=$status
done

# Last, so that the report is of all profiles, also where one of them fails; what was built above is
# built already.
scons -k release ${only:+"profile=$only"}
status=$?
[ $status -gt $worst ] && worst=$status
exit $worst
