# The node's image with the local network's simulated devices, for `make docker-testnet`.
ARG NODE_IMAGE=lamppost:dev
FROM ${NODE_IMAGE}
COPY localnet /opt/lamppost/localnet
COPY readings /opt/lamppost
ENV PYTHONPATH=/opt/lamppost
# A volume that is mounted for the first time takes the owner of what it covers. Root owns nothing here but the code.
USER root
RUN for folder in full testnet/node0/lampd testnet/node1/lampd testnet/node2/lampd testnet/node3/lampd; do \
        mkdir -p /data/$folder; \
    done && chown -R lampd:lampd /data
USER 10001:10001
