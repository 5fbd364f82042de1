# Holdfast itself as an image, for game days that run in a cluster (docs/kubernetes.md). It takes the checkout as it
# is: run `node bootstrap.js` on Linux first, then `docker build -t holdfast .`. Nothing is fetched while it builds.
# A tag can move: give the digest that you have checked, `--build-arg BASE=debian@sha256:...`.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
COPY . /holdfast
USER 1000:1000
ENV HOME=/tmp
WORKDIR /records
ENTRYPOINT ["/holdfast/node_modules/.bin/node", "--max-semi-space-size=4", "/holdfast/scripts/holdfast.ts"]
CMD ["--help"]
