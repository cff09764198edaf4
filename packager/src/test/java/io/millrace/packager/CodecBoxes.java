package io.millrace.packager;

/** Reads the boxes with decoders' configurations for {@link BoxDump}. */
final class CodecBoxes {
  private CodecBoxes() {}

  static void read(String type, BoxFields in) {
    switch (type) {
      case "avcC" -> avc(in);
      case "hvcC" -> hevc(in);
      case "av1C" -> av1(in);
      case "vpcC" -> vp(in);
      case "esds" -> esds(in);
      case "dOps" -> opus(in);
      // ETSI TS 102 366 F.4
      case "dac3" -> in.fields("fscod:2 bsid:5 bsmod:3 acmod:3 lfeon:1 bit_rate_code:5 0:5");
      case "dec3" -> eac3(in);
      case "dfLa" -> flac(in);
      default -> throw new AssertionError("a box that the dump does not know: " + type);
    }
  }

  /** ISO 14496-15 5.3.3.1. */
  private static void avc(BoxFields in) {
    in.fields("configurationVersion:8");
    long profile = in.fields("AVCProfileIndication:8");
    in.fields("profile_compatibility:x8 AVCLevelIndication:8 1:6 lengthSizeMinusOne:2");
    in.units("1:3 numOfSequenceParameterSets:5", "sequenceParameterSetNALUnit");
    in.units("numOfPictureParameterSets:8", "pictureParameterSetNALUnit");
    // Encoders leave out what the profiles from High on have here.
    if (profile != 66 && profile != 77 && profile != 88 && in.hasMore()) {
      in.fields("1:6 chroma_format:2 1:5 bit_depth_luma_minus8:3 1:5 bit_depth_chroma_minus8:3");
      in.units("numOfSequenceParameterSetExt:8", "sequenceParameterSetExtNALUnit");
    }
  }

  /** ISO 14496-15 8.3.3.1. */
  private static void hevc(BoxFields in) {
    in.fields("configurationVersion:8 general_profile_space:2 general_tier_flag:1");
    in.fields("general_profile_idc:5 general_profile_compatibility_flags:x32");
    in.fields("general_constraint_indicator_flags:x48 general_level_idc:8");
    in.fields("1:4 min_spatial_segmentation_idc:12 1:6 parallelismType:2 1:6 chromaFormat:2");
    in.fields("1:5 bitDepthLumaMinus8:3 1:5 bitDepthChromaMinus8:3 avgFrameRate:16");
    in.fields("constantFrameRate:2 numTemporalLayers:3 temporalIdNested:1 lengthSizeMinusOne:2");
    for (long arrays = in.fields("numOfArrays:8"); arrays > 0; arrays--) {
      in.fields("array_completeness:1 0:1 NAL_unit_type:6");
      in.units("numNalus:16", "nalUnit");
    }
  }

  /** AV1 in ISOBMFF 2.3.3. */
  private static void av1(BoxFields in) {
    in.fields("marker:1 version:7 seq_profile:3 seq_level_idx_0:5 seq_tier_0:1 high_bitdepth:1");
    in.fields("twelve_bit:1 monochrome:1 chroma_subsampling_x:1 chroma_subsampling_y:1");
    in.fields("chroma_sample_position:2 0:3");
    boolean delay = in.fields("initial_presentation_delay_present:1") == 1;
    in.fields(delay ? "initial_presentation_delay_minus_one:4" : "0:4");
    in.fields("configOBUs:hex");
  }

  /** VP codec in ISOBMFF: VPCodecConfigurationBox. */
  private static void vp(BoxFields in) {
    in.fields("full profile:8 level:8 bitDepth:4 chromaSubsampling:3 videoFullRangeFlag:1");
    in.fields("colourPrimaries:8 transferCharacteristics:8 matrixCoefficients:8");
    in.hex("codecInitializationData", in.fields("codecInitializationDataSize:16"));
  }

  /** ISO 14496-14 6.7.2 and ISO 14496-1 7.2.6: descriptors, one in another. */
  private static void esds(BoxFields in) {
    in.fields("full");
    while (in.hasMore()) {
      descriptor(in);
    }
  }

  private static void descriptor(BoxFields in) {
    long tag = in.bits(8);
    long length = 0;
    long octet;
    do {
      octet = in.bits(8);
      length = length << 7 | (octet & 0x7F);
    } while ((octet & 0x80) != 0);
    in.write("tag", name(tag));
    in.write("length", Long.toString(length));
    switch ((int) tag) {
      case 3 ->
          in.fields("ES_ID:16 streamDependenceFlag:1 URL_Flag:1 OCRstreamFlag:1 streamPriority:5");
      case 4 -> {
        in.fields("objectTypeIndication:x8 streamType:6 upStream:1 1:1 bufferSizeDB:24");
        in.fields("maxBitrate:32 avgBitrate:32");
      }
      case 5 -> in.hex("specificInfo", length);
      default -> in.fields("predefined:8");
    }
  }

  private static String name(long tag) {
    return switch ((int) tag) {
      case 3 -> "ES_Descriptor";
      case 4 -> "DecoderConfigDescriptor";
      case 5 -> "DecoderSpecificInfo";
      case 6 -> "SLConfigDescriptor";
      default -> throw new AssertionError("a descriptor that the dump does not know: " + tag);
    };
  }

  /** Opus in ISOBMFF 4.3.2. */
  private static void opus(BoxFields in) {
    in.fields("Version:8");
    long channels = in.fields("OutputChannelCount:8");
    in.fields("PreSkip:16 InputSampleRate:32 OutputGain:s16");
    if (in.fields("ChannelMappingFamily:8") != 0) {
      in.fields("StreamCount:8 CoupledCount:8");
      in.hex("ChannelMapping", channels);
    }
  }

  /** ETSI TS 102 366 F.6. */
  private static void eac3(BoxFields in) {
    in.fields("data_rate:13");
    for (long left = in.fields("num_ind_sub:3"); left >= 0; left--) {
      in.fields("fscod:2 bsid:5 0:1 asvc:1 bsmod:3 acmod:3 lfeon:1 0:3");
      in.fields(in.fields("num_dep_sub:4") > 0 ? "chan_loc:x9" : "0:1");
    }
    if (in.hasMore()) {
      in.fields("0:7 flag_ec3_extension_type_a:1 complexity_index_type_a:8");
    }
  }

  /** FLAC in ISOBMFF 3.3.2, RFC 9639 8.2. */
  private static void flac(BoxFields in) {
    in.fields("full");
    while (in.hasMore()) {
      in.fields("LastMetadataBlockFlag:1");
      long type = in.fields("BlockType:7");
      long length = in.fields("Length:24");
      if (type == 0) {
        in.fields("minimum_block_size:16 maximum_block_size:16 minimum_frame_size:24");
        in.fields("maximum_frame_size:24 sample_rate:20 channels_minus_1:3");
        in.fields("bits_per_sample_minus_1:5 total_samples:36");
        in.hex("md5", 16);
      } else {
        in.hex("BlockData", length);
      }
    }
  }
}
