package io.millrace.bench.flood;

import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.handshake.Handshake;
import io.millrace.ingest.rtmp.message.CommandWriter;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What is sent to the encoders' port. */
final class RtmpAttacks {
  private static final byte VERSION = 3;
  private static final int VIDEO = 9;
  private static final int COMMAND = 20;
  private static final int SET_CHUNK_SIZE = 1;
  private static final int MOST_LENGTH = 0xFFFFFF;
  private static final int DEPTH = 10_000;
  private static final int CHUNK_STREAMS = 5_000;

  /** Two of them, and a command, have room within what a peer may hold that does not publish. */
  private static final int HELD_LENGTH = 250 << 10;

  private static final int HELD_BLOCK = 10 << 10;

  private RtmpAttacks() {}

  static void randomBytes(Attacker attacker) throws IOException {
    byte[] noise = new byte[4_096];
    while (true) {
      attacker.random().nextBytes(noise);
      attacker.send(noise);
    }
  }

  static void halfHandshake(Attacker attacker) throws IOException {
    byte[] half = new byte[Handshake.VERSION_BYTES + Handshake.PACKET_BYTES / 2];
    half[0] = VERSION;
    attacker.send(half);
  }

  static void byteASecond(Attacker attacker) throws IOException, InterruptedException {
    attacker.trickle(new byte[] {VERSION});
  }

  /** Set Chunk Size 0x7FFFFFFF, and then one chunk as large as a message can be. */
  static void hugeChunkSize(Attacker attacker) throws IOException {
    shakeHands(attacker);
    attacker.send(message(2, SET_CHUNK_SIZE, new byte[] {0x7F, -1, -1, -1}, 4));
    attacker.send(header(4, VIDEO, MOST_LENGTH));
    byte[] block = new byte[1 << 16];
    while (true) {
      attacker.send(block);
    }
  }

  /** Messages of 16 MiB begun on thousands of chunk streams, a chunk of each, round after round. */
  static void manyMessages(Attacker attacker) throws IOException {
    shakeHands(attacker);
    byte[] chunk = new byte[128];
    for (int id = 64; id < CHUNK_STREAMS; id++) {
      attacker.send(header(id, VIDEO, MOST_LENGTH));
      attacker.send(chunk);
    }
  }

  static void deepAmf(Attacker attacker) throws IOException {
    shakeHands(attacker);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(new byte[] {2, 0, 7, 'c', 'o', 'n', 'n', 'e', 'c', 't', 0});
    payload.writeBytes(new byte[8]);
    for (int i = 0; i < DEPTH; i++) {
      payload.writeBytes(new byte[] {3, 0, 1, 'a'});
    }
    byte[] bytes = payload.toByteArray();
    while (true) {
      attacker.send(message(3, COMMAND, bytes, 128));
    }
  }

  /** A whole handshake, and then commands that lead nowhere, slowly. */
  static void slowCommands(Attacker attacker) throws IOException, InterruptedException {
    shakeHands(attacker);
    while (true) {
      attacker.send(message(3, COMMAND, new byte[] {2, 0, 1, 'x', 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128));
      TimeUnit.SECONDS.sleep(1);
    }
  }

  /**
   * Two messages of all but their last byte, each in one chunk, and then publish with a wrong key
   * and FCUnpublish, which takes it back, for ever.
   */
  static void heldMessages(Attacker attacker) throws IOException, InterruptedException {
    shakeHands(attacker);
    attacker.send(command(CommandWriter.connect(1, "live", "rtmp://127.0.0.1/live", "bench")));
    int chunk = HELD_LENGTH - 1;
    byte[] size = {0, (byte) (chunk >> 16), (byte) (chunk >> 8), (byte) chunk};
    attacker.send(message(2, SET_CHUNK_SIZE, size, 4));
    for (int chunkStream = 5; chunkStream <= 6; chunkStream++) {
      attacker.send(header(chunkStream, VIDEO, HELD_LENGTH));
      for (int sent = HELD_BLOCK; sent < HELD_LENGTH; sent += HELD_BLOCK) {
        attacker.send(new byte[HELD_BLOCK]);
      }
      attacker.send(new byte[HELD_BLOCK - 1]);
    }
    while (true) {
      attacker.send(command(CommandWriter.publish(0, 1, "nobody-has-this-key")));
      attacker.send(command(CommandWriter.named("FCUnpublish", 0, "nobody-has-this-key")));
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static byte[] command(RtmpMessage command) throws IOException {
    // In chunks of 128 bytes also once they may be larger: none of these is longer.
    return message(command.chunkStreamId(), COMMAND, command.payload().toArray(), 128);
  }

  private static void shakeHands(Attacker attacker) throws IOException {
    byte[] hello = new byte[Handshake.VERSION_BYTES + Handshake.PACKET_BYTES];
    hello[0] = VERSION;
    attacker.send(hello);
    attacker.skip(Handshake.VERSION_BYTES + 2 * Handshake.PACKET_BYTES);
    attacker.send(new byte[Handshake.PACKET_BYTES]);
  }

  private static byte[] message(int chunkStream, int type, byte[] payload, int chunkSize)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header(chunkStream, type, payload.length));
    for (int at = 0; at < payload.length; at += chunkSize) {
      if (at > 0) {
        bytes.write(0xC0 | chunkStream);
      }
      bytes.write(payload, at, Math.min(chunkSize, payload.length - at));
    }
    return bytes.toByteArray();
  }

  /** Basic header and message header of format 0. */
  private static byte[] header(int chunkStream, int type, int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    if (chunkStream < 64) {
      out.writeByte(chunkStream);
    } else {
      out.writeByte(1);
      out.writeByte((chunkStream - 64) & 0xFF);
      out.writeByte((chunkStream - 64) >> 8);
    }
    out.write(new byte[3]);
    out.writeByte(length >> 16);
    out.writeShort(length);
    out.writeByte(type);
    out.write(new byte[] {1, 0, 0, 0});
    return bytes.toByteArray();
  }
}
