# One image for the five services and the command: the argument says which, for instance `ingest` or `ledger`.
# The tag is for people; the digest decides. docs/adr/0040 says how it was found and how to raise it.
FROM python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3 AS python

FROM python AS build
WORKDIR /opt/gastrack
COPY requirements-services.lock ./
# Only wheels and only by hash, into an environment that has no pip of its own.
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
    -r requirements-services.lock
COPY gastrack ./gastrack
COPY services ./services
COPY shared ./shared
COPY client/gastrack_client ./client/gastrack_client
COPY deploy/__init__.py ./deploy/__init__.py
COPY deploy/edge ./deploy/edge
COPY deploy/local ./deploy/local
# The root is read-only later, so what Python compiles must be there; its sources do not change, so nothing is looked at.
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt

FROM python
RUN python -m pip uninstall --yes --root-user-action ignore pip setuptools wheel \
 && rm -r /usr/local/lib/python3.11/ensurepip
COPY --from=build /opt /opt
# Of memory that threads gave back glibc keeps less in two arenas than in one for each: 8 MB where files are written.
ENV PYTHONPATH=/opt/gastrack:/opt/gastrack/client \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2
# Faust keeps a folder where it starts, uploads and files of exports are put down here: the one place that is written.
WORKDIR /tmp
USER 10001:10001
ENTRYPOINT ["/opt/venv/bin/python", "-m", "gastrack"]
CMD ["--help"]
