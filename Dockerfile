# The product's image: worker.py by default, starter.py for everything else. Built from uv.lock alone.
FROM python:3.12.13-slim-bookworm AS build

ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache

FROM python:3.12.13-slim-bookworm

RUN groupadd --gid 10001 duecourse \
    && useradd --uid 10001 --gid duecourse --no-create-home --shell /usr/sbin/nologin duecourse \
    && install --directory --owner=duecourse --group=duecourse /var/lib/duecourse
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
# Time zones come from the locked tzdata package, the same on every worker.
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONTZPATH=""
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "worker.py"]
