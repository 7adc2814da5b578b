# Makes and starts a PostgreSQL server, prints its folder, and takes both away at the end of standard input.
# Arguments: the folder of PostgreSQL's programs, the process that asks.
set -eu
umask 077
trap '' PIPE # a reader that died must not kill us before we have cleaned up
trap 'exit 1' HUP INT TERM

programs=$1
# Short, since a socket's path is limited to about a hundred bytes.
folder=$(mktemp -d "/tmp/pg-$2-XXXXXX")
data=$folder/data
log=$folder/log

clean_up() {
    "$programs/pg_ctl" stop --silent --pgdata="$data" --mode=immediate >>"$log" 2>&1 || true
    rm -rf "$folder"
}
trap clean_up EXIT

start() {
    "$programs/initdb" --pgdata="$data" --username=postgres --auth=trust --no-sync --locale=C --encoding=UTF8 &&
        cat >>"$data/postgresql.conf" <<END &&
listen_addresses = ''
unix_socket_directories = '$folder'
port = 5432
max_connections = 400
fsync = off
synchronous_commit = off
full_page_writes = off
END
        "$programs/pg_ctl" start --silent --pgdata="$data" --log="$folder/server.log"
}

if ! start >"$log" 2>&1; then
    cat "$log" >&2
    if [ -f "$folder/server.log" ]; then cat "$folder/server.log" >&2; fi
    exit 1
fi
echo "$folder"
cat >/dev/null
