#!/bin/sh
# One KRaft node: TLS everywhere, SCRAM for clients and between brokers, SASL/PLAIN between controllers, ACLs enforced.
# Reads NODE_ID, HOST, VOTERS (id@host:port,…); secrets from files: passwords, tls.pem (key and certificate), ca.pem.
# Formats an empty folder, then becomes the broker. No secret is put on a command line: everybody may read those.
set -eu
umask 077
: "${NODE_ID:?}" "${HOST:?}" "${VOTERS:?}"
home=${KAFKA_HOME:-/opt/kafka}
secrets=${SECRETS:-/run/secrets}
data=${DATA:-/var/lib/kafka/data}
port=${PORT:-9092}
controller_port=${CONTROLLER_PORT:-9093}
replicas=${REPLICAS:-3}
in_sync=${IN_SYNC:-2}
config=${CONFIG:-/tmp/server.properties}
secret() { tr -d '\r\n' < "$secrets/$1"; }

cat > "$config" <<PROPERTIES
process.roles=broker,controller
node.id=$NODE_ID
controller.quorum.voters=$VOTERS
listeners=CLIENT://:$port,CONTROLLER://:$controller_port
advertised.listeners=CLIENT://$HOST:$port
listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location=$secrets/tls.pem
ssl.truststore.type=PEM
ssl.truststore.location=$secrets/ca.pem
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="broker" password="$(secret broker)";
listener.name.controller.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="controller" password="$(secret controller)" user_controller="$(secret controller)";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:broker;User:controller
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
log.dirs=$data
num.partitions=4
default.replication.factor=$replicas
min.insync.replicas=$in_sync
offsets.topic.replication.factor=$replicas
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$in_sync
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$in_sync
unclean.leader.election.enable=false
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
PROPERTIES

# The set-up job signs in as admin and makes the other users; brokers sign in to each other as broker.
# The tool reads arguments from @FILE, and prints the users' verifiers: those are kept out of the log.
users=$config.users
printf -- '--add-scram\nSCRAM-SHA-512=[name=%s,iterations=8192,password=%s]\n' \
  admin "$(secret admin)" broker "$(secret broker)" > "$users"
said=$config.said
"$home/bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$(secret cluster-id)" --config "$config" "@$users" \
  > "$said" 2>&1 || { status=$?; sed '/[Cc]redential/d' "$said"; rm -f "$users" "$said"; exit "$status"; }
rm -f "$users" "$said"
exec "$home/bin/kafka-server-start.sh" "$config"
