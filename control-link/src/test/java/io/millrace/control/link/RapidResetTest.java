package io.millrace.control.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RapidResetTest {
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM_AND_HEADERS = 5;
  private static final int ENHANCE_YOUR_CALM = 11;

  /** {@code :method GET, :scheme http, :path /, :authority a}, by HPACK's static table. */
  private static final byte[] FIELDS = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'a'};

  @Test
  void sendsAwayWhoTakesCallsBackAgainAndAgain() throws IOException {
    ControlLinkServerConfig config = ControlLinkServerConfig.of("127.0.0.1", 0, "test");
    try (ControlLinkServer server = ControlLinkServer.start(config, new FakeRegistry("log-1"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(callsTakenBack(300));

      assertThat(errorOfGoAway(new DataInputStream(socket.getInputStream())))
          .isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  private static byte[] callsTakenBack(int calls) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    write(bytes, SETTINGS, 0, 0, new byte[0]);
    for (int stream = 1; stream < 2 * calls; stream += 2) {
      write(bytes, HEADERS, END_STREAM_AND_HEADERS, stream, FIELDS);
      write(bytes, RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }
    return bytes.toByteArray();
  }

  private static void write(ByteArrayOutputStream to, int type, int flags, int stream, byte[] of)
      throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    out.write(new byte[] {0, 0, (byte) of.length, (byte) type, (byte) flags});
    out.writeInt(stream);
    out.write(of);
  }

  private static int errorOfGoAway(DataInputStream in) throws IOException {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.skipNBytes(5); // flags, stream
      byte[] payload = in.readNBytes(length);
      if (type == GOAWAY) {
        return payload[7];
      }
    }
  }
}
