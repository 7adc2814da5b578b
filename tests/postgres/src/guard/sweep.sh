# Drops, at the end of standard input, each database of a server whose name starts with a prefix.
# Arguments: the program psql, the server's URL, the prefix.
set -eu
trap '' PIPE
trap 'exit 1' HUP INT TERM

echo ready
cat >/dev/null
"$1" --no-psqlrc --quiet --no-password --dbname="$2" --set=prefix="$3" <<'END'
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname)
FROM pg_database WHERE starts_with(datname, :'prefix') \gexec
END
