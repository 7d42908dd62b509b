FROM python:3.11-slim

RUN useradd --create-home --uid 10001 tracer \
    && install -d -o tracer -g tracer -m 700 /data
WORKDIR /srv/tracer

# Dependencies first: they change less often than the product.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY pyproject.toml README.md wsgi.py ./
COPY tracer tracer
COPY labels labels
COPY templates templates
COPY static static
RUN pip install --no-deps --no-build-isolation --no-index \
    --config-settings editable_mode=compat -e .

USER tracer
ENV TRACER_DATA=/data PORT=8000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=30s --interval=30s --timeout=5s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["sh", "-c", "tracer db upgrade && exec tracer serve --host 0.0.0.0"]
