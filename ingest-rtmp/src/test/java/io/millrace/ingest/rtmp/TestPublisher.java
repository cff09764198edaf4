package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.chunk.ChunkReader;
import io.millrace.ingest.rtmp.chunk.ChunkWriter;
import io.millrace.ingest.rtmp.chunk.MessageType;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.handshake.Handshake;
import io.millrace.ingest.rtmp.message.Amf0Reader;
import io.millrace.ingest.rtmp.message.AmfLimits;
import io.millrace.ingest.rtmp.message.AmfValue;
import io.millrace.ingest.rtmp.message.CommandWriter;
import io.millrace.ingest.rtmp.message.ControlMessage;
import io.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** A publisher on a blocking socket, made of the module's own reader and writer. */
final class TestPublisher implements AutoCloseable {
  private static final int STREAM_ID = 1;
  private static final int UNFINISHED = 6;

  /** 640 by 360, Constrained Baseline. */
  static final Bytes AVC_HEADER =
      Bytes.ofHex("17 00 000000 01 42c01e ff e1 000a 6742c01eda0280bf e5c0 01 0004 68ce3c80");

  private final Socket socket;
  private final ChunkReader reader = new ChunkReader(ChunkLimits.defaults());
  private final ChunkWriter writer = new ChunkWriter();
  private final ByteBuf in = Unpooled.buffer();

  private TestPublisher(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(60_000);
  }

  /** Gets as far as the answer to connect. */
  static TestPublisher connect(int port, String app) throws IOException {
    TestPublisher publisher = new TestPublisher(new Socket(InetAddress.getLoopbackAddress(), port));
    publisher.handshake();
    publisher.send(CommandWriter.connect(1, app, "rtmp://127.0.0.1/" + app, "test"));
    publisher.readCommand("_result");
    return publisher;
  }

  /** Gets as far as the accepted publish command. */
  static TestPublisher publish(int port, String app, String name) throws IOException {
    TestPublisher publisher = connect(port, app);
    publisher.send(CommandWriter.createStream(2));
    publisher.readCommand("_result");
    publisher.send(CommandWriter.publish(3, STREAM_ID, name));
    String status = publisher.readStatus();
    if (!status.equals("NetStream.Publish.Start")) {
      throw new IOException("publish: " + status);
    }
    return publisher;
  }

  void send(RtmpMessage message) throws IOException {
    send(List.of(message));
  }

  /** Sends all in one write, which a server that is idle reads at once. */
  void send(List<RtmpMessage> messages) throws IOException {
    ByteBuf out = Unpooled.buffer();
    messages.forEach(message -> writer.write(message, out));
    out.readBytes(socket.getOutputStream(), out.readableBytes());
  }

  /** Sends the configuration of a picture and one keyframe. */
  void sendSample(int timestamp) throws IOException {
    send(new RtmpMessage(4, MessageType.VIDEO, STREAM_ID, 0, AVC_HEADER));
    Bytes frame = Bytes.ofHex("17 01 000000 00000002 6588");
    send(new RtmpMessage(4, MessageType.VIDEO, STREAM_ID, timestamp, frame));
  }

  void sendVideo(int timestamp, String hex) throws IOException {
    send(new RtmpMessage(4, MessageType.VIDEO, STREAM_ID, timestamp, Bytes.ofHex(hex)));
  }

  void sendSound(int timestamp, String hex) throws IOException {
    send(new RtmpMessage(4, MessageType.AUDIO, STREAM_ID, timestamp, Bytes.ofHex(hex)));
  }

  void sendSoundConfiguration(String hex) throws IOException {
    send(new RtmpMessage(4, MessageType.AUDIO, STREAM_ID, 0, Bytes.ofHex("af00" + hex)));
  }

  /** Sends one keyframe of so many bytes. */
  void sendFrame(int timestamp, int bytes) throws IOException {
    ByteBuffer tag = ByteBuffer.allocate(9 + bytes);
    tag.putInt(0x17_01_00_00).put((byte) 0).putInt(bytes).put((byte) 0x65);
    Bytes frame = Bytes.wrap(tag.array());
    send(new RtmpMessage(4, MessageType.VIDEO, STREAM_ID, timestamp, frame));
  }

  /** Sends a message of video on a chunk stream of its own, less its last byte. */
  void sendUnfinished(int length) throws IOException {
    send(ControlMessage.setChunkSize(1 << 20));
    ByteBuf message =
        Unpooled.buffer()
            .writeByte(UNFINISHED)
            .writeZero(3)
            .writeMedium(length)
            .writeByte(MessageType.VIDEO)
            .writeIntLE(STREAM_ID)
            .writeZero(length - 1);
    message.readBytes(socket.getOutputStream(), message.readableBytes());
  }

  /** Sends the publish command, createStream before it, and waits for no answer. */
  void sendPublish(String name) throws IOException {
    send(CommandWriter.createStream(2));
    send(CommandWriter.publish(3, STREAM_ID, name));
  }

  /** The code of the next onStatus. */
  String readStatus() throws IOException {
    Amf0Reader values = readCommand("onStatus");
    values.next();
    values.next();
    return ((AmfValue.Obj) values.next()).text("code").orElseThrow();
  }

  /** What is said of a stream that cannot be delivered. */
  String readRefusal() throws IOException {
    Amf0Reader values = readCommand("onStatus");
    values.next();
    values.next();
    AmfValue.Obj status = (AmfValue.Obj) values.next();
    if (!status.text("code").orElseThrow().equals("NetStream.Publish.Rejected")) {
      throw new IOException("status: " + status);
    }
    return status.text("description").orElseThrow();
  }

  /** Reads what still comes; true where the server closes, and within the time. */
  boolean isClosedByServer() throws IOException {
    socket.getInputStream().readAllBytes();
    return true;
  }

  /** Sends; true where the server closes for it, be it before all of it was read. */
  boolean isClosedFor(Sending sending) throws IOException {
    try {
      sending.send();
      return isClosedByServer();
    } catch (SocketException e) {
      return true;
    }
  }

  /** Something to be sent. */
  interface Sending {
    void send() throws IOException;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private Amf0Reader readCommand(String name) throws IOException {
    while (true) {
      RtmpMessage message = reader.read(in);
      if (message == null) {
        receive(1);
        continue;
      }
      Amf0Reader values = new Amf0Reader(message.payload(), AmfLimits.defaults());
      if (message.type() == MessageType.COMMAND_AMF0
          && values.next() instanceof AmfValue.Text(String given)
          && given.equals(name)) {
        return values;
      }
    }
  }

  private void handshake() throws IOException {
    ByteBuf hello = Unpooled.buffer();
    Handshake.writeHello(hello, 0, new Random(1));
    hello.readBytes(socket.getOutputStream(), hello.readableBytes());
    receive(Handshake.VERSION_BYTES + 2 * Handshake.PACKET_BYTES);
    Handshake.readVersion(in);
    ByteBuf echo = Unpooled.buffer();
    Handshake.writeEcho(echo, in);
    echo.readBytes(socket.getOutputStream(), echo.readableBytes());
    in.skipBytes(Handshake.PACKET_BYTES);
  }

  private void receive(int least) throws IOException {
    byte[] buffer = new byte[4_096];
    for (int received = 0; received < least; ) {
      int count = socket.getInputStream().read(buffer);
      if (count < 0) {
        throw new IOException("the server closed the connection");
      }
      in.discardReadBytes().writeBytes(buffer, 0, count);
      received += count;
    }
  }
}
