FROM node:22-slim AS widget
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY widget ./widget
RUN npm run build

FROM python:3.12-slim
# American English comes with Copydesk; docs/evidence.md tells how to add languages.
RUN apt-get update && apt-get install -y --no-install-recommends hunspell-en-gb \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY server ./server
COPY migrations ./migrations
COPY --from=widget /app/server/static/widget ./server/static/widget
RUN pip install --no-cache-dir --editable '.[postgres,redis,chat,oidc]' \
    && pybabel compile --directory server/translations \
    && useradd --create-home copydesk && mkdir /data && chown copydesk /data
USER copydesk
ENV COPYDESK_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
CMD ["sh", "-c", "copydesk db upgrade && exec copydesk run --host 0.0.0.0"]
