# Hearsay's bot and commands; docs/deploy.md says how to run it.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/hearsay
WORKDIR /src
# torch first and alone: this pin keeps it a CPU build. Its layer changes only with the pin.
RUN /opt/hearsay/bin/pip install "torch==2.13.0"
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY index ./index
COPY data ./data
RUN /opt/hearsay/bin/pip install .

FROM python:3.11-slim
# For pictures in scripts that run from right to left or need shaping.
RUN apt-get update && apt-get install --yes --no-install-recommends libfribidi0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 hearsay \
    && useradd --system --uid 10001 --gid hearsay --no-create-home --home-dir /var/lib/hearsay hearsay \
    && install -d -o hearsay -g hearsay -m 0750 /var/lib/hearsay
COPY --from=build /opt/hearsay /opt/hearsay
# hadolint ignore=DL3064 # TOKENIZERS_PARALLELISM is no token
ENV PATH=/opt/hearsay/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    TOKENIZERS_PARALLELISM=false \
    HEARSAY_HOME=/var/lib/hearsay
USER 10001:10001
WORKDIR /var/lib/hearsay
VOLUME /var/lib/hearsay
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9321/healthz', timeout=8)"]
ENTRYPOINT ["hearsay-bot"]
CMD ["run"]
