package io.millrace.bench.publish;

import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.chunk.ChunkReader;
import io.millrace.ingest.rtmp.chunk.ChunkWriter;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.handshake.Handshake;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.media.Bytes;
import io.millrace.media.flv.FlvTag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** Publishes FLV tags to an RTMP server. Confined to one thread, which may block. */
public final class RtmpPublisher implements AutoCloseable {
  private static final int CHUNK_SIZE = 65_536;
  private static final int STREAM = 1;
  private static final int AUDIO_AND_VIDEO = 6;
  private static final int TIMEOUT_MS = 10_000;

  private final Socket socket;
  private final String key;
  private final ChunkWriter writer = new ChunkWriter();
  private final ByteBuf out = Unpooled.buffer(1 << 16);

  private RtmpPublisher(Socket socket, String key) {
    this.socket = socket;
    this.key = key;
  }

  /**
   * Connects to {@code host:port}, application {@code live}, and waits for the server's consent.
   */
  public static RtmpPublisher publish(String host, int port, String key) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
      RtmpPublisher publisher = new RtmpPublisher(socket, key);
      publisher.handshake();
      publisher.open("rtmp://" + host + ":" + port + "/live");
      return publisher;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void handshake() throws IOException {
    Handshake.writeHello(out, 0, new SplittableRandom(1));
    flush();
    byte[] hello = read(Handshake.VERSION_BYTES + Handshake.PACKET_BYTES);
    read(Handshake.PACKET_BYTES);
    Handshake.writeEcho(
        out, Unpooled.wrappedBuffer(hello, Handshake.VERSION_BYTES, Handshake.PACKET_BYTES));
    flush();
  }

  private void open(String address) throws IOException {
    Answers answers = new Answers();
    writer.write(chunkSize(), out);
    writer.write(CommandWriter.connect(1, "live", address, "FMLE/3.0 (compatible; Millrace)"), out);
    flush();
    answers.await("NetConnection.Connect.Success");
    writer.write(CommandWriter.named("releaseStream", 2, key), out);
    writer.write(CommandWriter.named("FCPublish", 3, key), out);
    writer.write(CommandWriter.createStream(4), out);
    writer.write(CommandWriter.publish(5, STREAM, key), out);
    flush();
    answers.await("NetStream.Publish.Start");
    // What the server says from now on is read and dropped, so that its window never fills.
    Thread.ofVirtual().name("rtmp-publisher-drain").start(this::drain);
  }

  private static RtmpMessage chunkSize() {
    return new RtmpMessage(
        2,
        MessageType.SET_CHUNK_SIZE,
        0,
        0,
        Bytes.copyOf(ByteBuffer.allocate(4).putInt(CHUNK_SIZE).flip()));
  }

  /**
   * Sends one tag with the time {@code timestampMs}.
   *
   * @return {@link System#nanoTime()} just before its last byte was handed to the socket
   */
  public long send(FlvTag tag, long timestampMs) throws IOException {
    writer.write(
        new RtmpMessage(AUDIO_AND_VIDEO, tag.type(), STREAM, (int) timestampMs, tag.body()), out);
    long now = System.nanoTime();
    flush();
    return now;
  }

  private void flush() throws IOException {
    out.readBytes(socket.getOutputStream(), out.readableBytes());
    out.clear();
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("the server closed during the handshake");
    }
    return bytes;
  }

  private void drain() {
    try {
      socket.setSoTimeout(0);
      socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The publisher closed its socket, or the server did: send() tells.
    }
  }

  /** Says goodbye as encoders do, and closes. */
  @Override
  public void close() throws IOException {
    try (socket) {
      writer.write(CommandWriter.named("FCUnpublish", 6, key), out);
      writer.write(CommandWriter.deleteStream(7, STREAM), out);
      flush();
    }
  }

  /** Closes without a word, as a cable that is pulled. */
  public void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Reads what the server answers until the expected status comes. */
  private final class Answers {
    private final ChunkReader reader = new ChunkReader(ChunkLimits.defaults());
    private final ByteBuf in = Unpooled.buffer(4096);

    void await(String code) throws IOException {
      Predicate<RtmpMessage> wanted = message -> text(message).contains(code);
      while (true) {
        for (RtmpMessage message = reader.read(in); message != null; message = reader.read(in)) {
          if (wanted.test(message)) {
            return;
          }
          if (text(message).contains("error")) {
            throw new IOException("the server refused: " + text(message));
          }
        }
        in.discardReadBytes();
        if (in.writeBytes(socket.getInputStream(), 4096) < 0) {
          throw new IOException("the server closed before " + code);
        }
      }
    }

    private static String text(RtmpMessage message) {
      return message.type() == MessageType.COMMAND_AMF0
          ? new String(message.payload().toArray(), StandardCharsets.US_ASCII)
          : "";
    }
  }
}
