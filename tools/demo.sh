#!/bin/sh
# What `make demo` shows: the sample library indexed into ./index_data, and three searches.
# $1 is the dossier command; the commands shown are those that are run.
set -eu
cd "$(dirname "$0")/.."
dossier=${1:-dossier}
# The demo's own library, whatever the environment says; no pager between its steps.
export DOSSIER_DATA="$PWD/index_data" PAGER=cat
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi

show() {
    printf '\n%s$ dossier' "$bold"
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9._/=-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '%s\n' "$plain"
    "$dossier" "$@"
}
say() {
    printf '\n'
    printf '%s\n' "$@"
}

say "1. Read the sample library, the 34 PDFs and web pages in corpus/, into ./index_data."
status=0
show index corpus || status=$?
case $status in
    0) ;;
    2)
        unread=$("$dossier" status --format jsonl | wc -l)
        if [ "$unread" -gt 3 ]; then
            say "$unread files could not be read, and only three of them are broken on purpose: see the reasons above."
            exit 1
        fi
        say "Exit status 2: three files are broken on purpose (a scan without text, a PDF cut off in the" \
            "middle, one with a password). They are listed above with what to do; the others are searchable."
        ;;
    *) exit "$status" ;;
esac

say "2. Search: documents by rank, each with the page and passage that answer the query."
show search debt bondage --limit 3

say "3. The same words in Asia only, with one tag."
show search debt bondage --region asia --tag 'Forced labour'

say "4. A list of queries in one go; without --summary there is a row for every document found."
show batch examples/queries.txt --summary

say "What next:" \
    "  . .venv/bin/activate                     so that 'dossier' is found" \
    "  dossier search 'kafala OR \"domestic work*\"' --year 2015.." \
    "  dossier facets --region asia             counts by region, tag, year, language, type" \
    "  dossier index /path/to/your/reports      your own documents beside these" \
    "  docs/tour.md                             five minutes through the rest"
