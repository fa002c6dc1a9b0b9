# The node's image with the local network's simulated devices, for `make docker-testnet`.
ARG NODE_IMAGE=lamppost:dev
FROM ${NODE_IMAGE}
COPY localnet /opt/lamppost/localnet
ENV PYTHONPATH=/opt/lamppost
