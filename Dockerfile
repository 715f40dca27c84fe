# syntax=docker/dockerfile:1
# Pin the base image by digest (node:24-slim@sha256:…) where builds must be repeatable.
FROM node:24-slim AS build
WORKDIR /app
# Without install scripts: the one of ours would build before there are sources, the others fetch what is pruned below.
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json /app/oclif.manifest.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin/run.js ./bin/run.js
COPY --from=build /app/dist ./dist
USER node
EXPOSE 7000 7001
# No HEALTHCHECK: Fly runs its own checks, see fly.toml.
CMD ["node", "bin/run.js", "serve"]
