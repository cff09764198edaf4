package io.millrace.bench.fuzz;

import io.millrace.ingest.rtmp.chunk.ChunkLimits;
import io.millrace.ingest.rtmp.chunk.ChunkReader;
import io.millrace.ingest.rtmp.chunk.ChunkWriter;
import io.millrace.ingest.rtmp.chunk.RtmpException;
import io.millrace.ingest.rtmp.chunk.RtmpMessage;
import io.millrace.ingest.rtmp.message.AggregateReader;
import io.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** The first byte says how the rest is cut: the messages, and the refusal, must be the same. */
final class ChunkFuzz implements FuzzTarget.Parser {
  private static final ChunkLimits LIMITS = new ChunkLimits(1 << 16, 1 << 12, 4, 1 << 16, 8);
  private static final int AGGREGATE = 22;

  private record Outcome(List<RtmpMessage> messages, String refusal) {}

  @Override
  public void feed(byte[] input) {
    if (input.length < 1) {
      return;
    }
    Outcome whole = read(input, input.length);
    Outcome cut = read(input, 1 + (input[0] & 0xFF));
    FuzzTarget.check(whole.equals(cut), "cut otherwise: " + cut + ", whole: " + whole);
    for (RtmpMessage message : whole.messages()) {
      if (message.type() == AGGREGATE) {
        takeApart(message);
      }
    }
  }

  private static Outcome read(byte[] input, int step) {
    ChunkReader reader = new ChunkReader(LIMITS);
    ByteBuf in = Unpooled.buffer(input.length);
    List<RtmpMessage> messages = new ArrayList<>();
    try {
      for (int from = 1; from < input.length; from += step) {
        in.writeBytes(input, from, Math.min(step, input.length - from));
        RtmpMessage message = reader.read(in);
        while (message != null) {
          messages.add(message);
          message = reader.read(in);
        }
      }
      return new Outcome(messages, "");
    } catch (RtmpException e) {
      return new Outcome(messages, e.code().name());
    } finally {
      in.release();
    }
  }

  private static void takeApart(RtmpMessage aggregate) {
    try {
      AggregateReader.read(aggregate);
    } catch (RtmpException e) {
      FuzzTarget.check(e.code() == RtmpException.Code.AGGREGATE, "refused as " + e.code());
    }
  }

  @Override
  public List<byte[]> seeds() {
    Bytes payload = Bytes.wrap(new byte[300]);
    RtmpMessage video = new RtmpMessage(6, 9, 1, 40, payload);
    RtmpMessage late = new RtmpMessage(70, 8, 1, 0x0100_0000, payload);
    RtmpMessage chunkSize = new RtmpMessage(2, 1, 0, 0, Bytes.ofHex("00001000"));
    RtmpMessage abort = new RtmpMessage(2, 2, 0, 0, Bytes.ofHex("00000006"));
    return List.of(written(video), written(late, video), written(chunkSize, video, abort, video));
  }

  private static byte[] written(RtmpMessage... messages) {
    ChunkWriter writer = new ChunkWriter();
    ByteBuf out = Unpooled.buffer();
    out.writeByte(7);
    for (RtmpMessage message : messages) {
      writer.write(message, out);
    }
    return ByteBufUtil.getBytes(out);
  }
}
