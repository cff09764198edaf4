package io.millrace.packager;

import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_WARNING;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.javacpp.BytePointer;

/** Opens a file in FFmpeg, in this process, and keeps what it warns of, and worse. */
final class FfmpegInput implements AutoCloseable {
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final LogCallback callback =
      new LogCallback() {
        @Override
        public void call(int level, BytePointer message) {
          if (level <= AV_LOG_WARNING) {
            log.add(message.getString().strip());
          }
        }
      };
  private final AVFormatContext format = new AVFormatContext(null);

  FfmpegInput(Path file) throws IOException {
    av_log_set_level(AV_LOG_WARNING);
    setLogCallback(callback);
    require("open", avformat_open_input(format, file.toString(), null, null));
  }

  AVFormatContext format() {
    return format;
  }

  List<String> log() {
    return List.copyOf(log);
  }

  static void require(String what, int result) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": FFmpeg's error " + result);
    }
  }

  @Override
  public void close() {
    avformat_close_input(format);
    setLogCallback(null);
    callback.close();
  }
}
