package io.millrace.ingest.rtmp.chunk;

/** Names the limits that a peer can go beyond, as metrics spell them: by their settings. */
public enum Limit {
  CONNECTIONS("rtmp.max-connections"),
  CONNECTIONS_PER_ADDRESS("rtmp.max-connections-per-address"),
  MEDIA_BYTES("rtmp.max-media-bytes"),
  OTHER_BYTES("rtmp.max-other-bytes"),
  PARTIAL_MESSAGES("rtmp.max-partial-messages"),
  PARTIAL_BYTES("rtmp.max-partial-bytes"),
  ALL_PARTIAL_BYTES("rtmp.max-all-partial-bytes"),
  CHUNK_STREAMS("rtmp.max-chunk-streams"),
  COMMANDS("rtmp.commands-per-minute"),
  CONTROL_MESSAGES("rtmp.max-control-messages-per-second"),
  CONFIGURATIONS("rtmp.configurations-per-minute"),
  AMF_DEPTH("rtmp.max-amf-depth"),
  AMF_VALUES("rtmp.max-amf-values"),
  AMF_TEXT_BYTES("rtmp.max-amf-text-bytes"),
  HANDSHAKE_TIMEOUT("rtmp.handshake-timeout"),
  PUBLISH_TIMEOUT("rtmp.publish-timeout"),
  MEDIA_TIMEOUT("rtmp.media-timeout"),
  IDLE_TIMEOUT("rtmp.idle-timeout"),
  /** Answers that the peer does not read: no setting, they are few and small. */
  UNREAD_ANSWERS("unread-answers");

  private final String label;

  Limit(String label) {
    this.label = label;
  }

  /** The setting's key; what is no setting has no dot. */
  public String label() {
    return label;
  }
}
