# A small image that runs as a user without rights:
#   docker build -t bellwether .
#   docker run -d --env-file .env -v bellwether:/data bellwether
# .env: see .env.example; the database stays on the volume unless DATABASE_URL says otherwise.

FROM rust:1-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin bellwether && cp target/release/bellwether /bellwether \
    && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /bellwether /usr/local/bin/bellwether
# The folder belongs to the user, so that a fresh volume on it does as well.
COPY --from=build --chown=nonroot:nonroot /data /data
ENV DATABASE_URL=sqlite:///data/bellwether.sqlite
VOLUME /data
WORKDIR /data
USER nonroot
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/usr/local/bin/bellwether", "health"]
# SIGTERM lets it finish what is under way.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/bellwether"]
CMD ["run"]
