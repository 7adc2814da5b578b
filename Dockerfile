# The server in an image of its program and glibc alone: no shell, no package manager, no root.
#
#   docker build -t crm-sync-server .
#   docker run -p 127.0.0.1:8080:8080 -v crm-sync:/data --env-file crm-sync.env crm-sync-server
#
# The environment file must have CRM_SYNC_API_KEY, since the server listens beyond its container.

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY benches benches
COPY crates crates
COPY examples examples
COPY migrations migrations
COPY tests tests
COPY xtask xtask
RUN cargo build --release --locked --package crm-sync-server
RUN mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /source/target/release/crm-sync-server /usr/bin/crm-sync-server
# 65532 is the image's user `nonroot`.
COPY --from=build --chown=65532:65532 --chmod=0700 /data /data
ENV CRM_SYNC_DATA=/data
ENV CRM_SYNC_BIND=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/usr/bin/crm-sync-server"]
CMD ["serve"]
