package io.millrace.conformance.dash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which children and attributes the elements of an MPD have (ISO/IEC 23009-1 5.3, Annex B, fifth
 * edition with its first amendment, and what the sixth adds for live), so far as live MPDs use
 * them. An element that is named as a child alone may have anything in it.
 */
final class MpdSchema {
  /**
   * One element.
   *
   * @param children in their order
   * @param attributes by name
   */
  record ElementType(List<Child> children, Map<String, Attribute> attributes) {}

  /** A child: how often it has to stand there, and may. */
  record Child(String name, int least, int most) {}

  /** An attribute: whether it has to be there, and the form of its values. */
  record Attribute(boolean required, String form) {}

  private static final String COMMON_CHILDREN =
      " FramePacking* AudioChannelConfiguration* ContentProtection* OutputProtection?"
          + " EssentialProperty* SupplementalProperty* InbandEventStream* Switching*"
          + " RandomAccess* GroupLabel* Label* ProducerReferenceTime* ContentPopularityRate*"
          + " Resync* SegmentSequenceProperties* ";

  private static final String COMMON_ATTRIBUTES =
      " profiles width=uint height=uint sar=ratio frameRate=rate audioSamplingRate=uints mimeType"
          + " segmentProfiles codecs containerProfiles maximumSAPPeriod=double startWithSAP=sap"
          + " maxPlayoutRate=double codingDependency=boolean scanType=scan"
          + " selectionPriority=uint tag ";

  private static final String SEGMENTS = " SegmentBase? SegmentList? SegmentTemplate? ";

  private static final Map<String, Pattern> FORMS =
      Map.ofEntries(
          Map.entry("string", Pattern.compile("(?s).*")),
          Map.entry("id", Pattern.compile("[^\\s]*")),
          Map.entry("boolean", Pattern.compile("true|false|0|1")),
          Map.entry("uint", Pattern.compile("\\+?[0-9]{1,10}")),
          Map.entry("uints", Pattern.compile("[0-9]{1,10}( [0-9]{1,10})*")),
          Map.entry("ulong", Pattern.compile("\\+?[0-9]{1,20}")),
          Map.entry("int", Pattern.compile("[+-]?[0-9]{1,20}")),
          Map.entry(
              "double",
              Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?|INF")),
          Map.entry(
              "duration",
              Pattern.compile(
                  "P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?"
                      + "(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]+)?S)?)?")),
          Map.entry(
              "dateTime",
              Pattern.compile(
                  "-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?"
                      + "(Z|[+-][0-9]{2}:[0-9]{2})?")),
          Map.entry("ratio", Pattern.compile("[0-9]*:[0-9]*")),
          Map.entry("rate", Pattern.compile("[0-9]+(/[1-9][0-9]*)?")),
          Map.entry("sap", Pattern.compile("[0-6]")),
          Map.entry("scan", Pattern.compile("progressive|interlaced|unknown")),
          Map.entry("presentation", Pattern.compile("static|dynamic")),
          Map.entry("content", Pattern.compile("text|image|audio|video|application|font")),
          Map.entry("producer", Pattern.compile("encoder|captured|application")));

  private static final Map<String, ElementType> TYPES = new LinkedHashMap<>();

  static {
    put(
        "MPD",
        "ProgramInformation* BaseURL* Location* PatchLocation* ServiceDescription*"
            + " ContentSteering? InitializationSet* InitializationGroup*"
            + " InitializationPresentation* ContentProtection* Period+ Metrics*"
            + " EssentialProperty* SupplementalProperty* UTCTiming* LeapSecondInformation?",
        "id profiles! type=presentation availabilityStartTime=dateTime"
            + " availabilityEndTime=dateTime publishTime=dateTime"
            + " mediaPresentationDuration=duration minimumUpdatePeriod=duration"
            + " minBufferTime!=duration timeShiftBufferDepth=duration"
            + " suggestedPresentationDelay=duration maxSegmentDuration=duration"
            + " maxSubsegmentDuration=duration");
    put("PatchLocation", "", "ttl=double serviceLocation");
    put(
        "BaseURL",
        "",
        "serviceLocation byteRange availabilityTimeOffset=double availabilityTimeComplete=boolean"
            + " timeShiftBufferDepth=duration rangeAccess=boolean");
    put(
        "ContentSteering",
        "",
        "defaultServiceLocation queryBeforeStart=boolean clientRequirement=boolean proxyServerURL");
    put(
        "ServiceDescription",
        "Scope* Latency* PlaybackRate* OperatingQuality* OperatingBandwidth* ContentSteering?"
            + " ClientDataReporting*",
        "id=uint");
    put("Latency", "QualityLatency*", "referenceId=uint target=uint max=uint min=uint");
    put("PlaybackRate", "", "max=double min=double");
    put(
        "Period",
        "BaseURL*"
            + SEGMENTS
            + "AssetIdentifier? EventStream* ServiceDescription* ContentProtection*"
            + " AdaptationSet* Subset* SupplementalProperty* EmptyAdaptationSet* GroupLabel*"
            + " Preselection*",
        "id start=duration duration=duration bitstreamSwitching=boolean");
    put(
        "AdaptationSet",
        COMMON_CHILDREN
            + "Accessibility* Role* Rating* Viewpoint* ContentComponent* BaseURL*"
            + SEGMENTS
            + "Representation*",
        COMMON_ATTRIBUTES
            + "id=uint group=uint lang contentType=content par=ratio minBandwidth=uint"
            + " maxBandwidth=uint minWidth=uint maxWidth=uint minHeight=uint maxHeight=uint"
            + " minFrameRate=rate maxFrameRate=rate segmentAlignment=boolean"
            + " subsegmentAlignment=boolean subsegmentStartsWithSAP=sap"
            + " bitstreamSwitching=boolean initializationSetRef=uints initializationPrincipal");
    put(
        "Representation",
        COMMON_CHILDREN + "BaseURL* ExtendedBandwidth* SubRepresentation*" + SEGMENTS,
        COMMON_ATTRIBUTES
            + "id!=id bandwidth!=uint qualityRanking=uint dependencyId associationId"
            + " associationType mediaStreamStructureId");
    put(
        "ProducerReferenceTime",
        "UTCTiming?",
        "id!=uint inband=boolean type=producer applicationScheme wallClockTime!"
            + " presentationTime!=ulong");
    put(
        "SegmentTemplate",
        "Initialization? RepresentationIndex? FailoverContent? SegmentTimeline?"
            + " BitstreamSwitching?",
        "timescale=uint eptDelta=int pdDelta=int presentationTimeOffset=ulong"
            + " presentationDuration=ulong timeShiftBufferDepth=duration indexRange"
            + " indexRangeExact=boolean availabilityTimeOffset=double"
            + " availabilityTimeComplete=boolean duration=uint startNumber=uint endNumber=uint"
            + " media index initialization bitstreamSwitching k=ulong");
    put("FailoverContent", "FCS+", "valid=boolean");
    put("FCS", "", "t!=ulong d=ulong");
    put("SegmentTimeline", "S* Pattern*", "");
    put("S", "", "t=ulong n=ulong d!=ulong r=int k=ulong p=uint pE=uint");
    put("EventStream", "Event*", "schemeIdUri! value timescale=uint presentationTimeOffset=ulong");
    put(
        "InbandEventStream",
        "Event*",
        "schemeIdUri! value timescale=uint presentationTimeOffset=ulong");
    put("Label", "", "id=uint lang");
    put("Resync", "", "type=sap dT=uint dImax=double dImin=double marker=boolean");
    for (String descriptor :
        List.of(
            "UTCTiming",
            "Role",
            "Accessibility",
            "Rating",
            "Viewpoint",
            "FramePacking",
            "AudioChannelConfiguration",
            "EssentialProperty",
            "SupplementalProperty",
            "AssetIdentifier",
            "Scope")) {
      put(descriptor, "", "schemeIdUri! value id");
    }
  }

  private MpdSchema() {}

  /** The elements that are known, by name. */
  static Map<String, ElementType> types() {
    return TYPES;
  }

  /** The form of an attribute's values. */
  static Pattern form(Attribute attribute) {
    return FORMS.getOrDefault(attribute.form(), Pattern.compile("(?s).*"));
  }

  /** Reads {@code Name?}, {@code Name*}, {@code Name+}, and {@code name!=form}. */
  private static void put(String name, String children, String attributes) {
    List<Child> sequence = new ArrayList<>();
    for (String child : children.strip().split("\\s+")) {
      if (!child.isEmpty()) {
        char often = child.charAt(child.length() - 1);
        sequence.add(
            new Child(
                child.substring(0, child.length() - 1),
                often == '+' ? 1 : 0,
                often == '?' ? 1 : Integer.MAX_VALUE));
      }
    }
    Map<String, Attribute> known = new LinkedHashMap<>();
    for (String attribute : attributes.strip().split("\\s+")) {
      String[] form = attribute.split("=", 2);
      if (!form[0].isEmpty()) {
        boolean required = form[0].endsWith("!");
        known.put(
            form[0].replace("!", ""),
            new Attribute(required, form.length > 1 ? form[1] : "string"));
      }
    }
    TYPES.put(name, new ElementType(List.copyOf(sequence), Map.copyOf(known)));
  }
}
