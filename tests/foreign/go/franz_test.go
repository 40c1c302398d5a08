package foreign

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"
)

func franz(t *testing.T) *sr.Client {
	return must[*sr.Client](t)(sr.NewClient(sr.URLs(registry(t))))
}

func refusedBy(t *testing.T, err error, status, code int) {
	t.Helper()
	var refusal *sr.ResponseError
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	equal(t, [2]int{refusal.StatusCode, refusal.ErrorCode}, [2]int{status, code})
}

func TestFranzRegistersEvolvesAndIsRefused(t *testing.T) {
	ctx, client, topic := context.Background(), franz(t), newTopic()
	reference := sr.SchemaReference{Name: "shop.Money", Subject: topic + "-money", Version: 1}
	order := func(version string) sr.Schema {
		return sr.Schema{Schema: example(t, "avro/order."+version+".avsc"), References: []sr.SchemaReference{reference}}
	}
	subject := topic + "-value"
	must[sr.SubjectSchema](t)(client.CreateSchema(ctx, topic+"-money", sr.Schema{Schema: example(t, "avro/money.avsc")}))
	first := must[sr.SubjectSchema](t)(client.CreateSchema(ctx, subject, order("v1")))
	equal(t, first.Version, 1)

	again := must[sr.SubjectSchema](t)(client.LookupSchema(ctx, subject, order("v1")))
	equal(t, again.ID, first.ID)
	check := must[sr.CheckCompatibilityResult](t)(client.CheckCompatibility(ctx, subject, -1, order("broken")))
	equal(t, check.Is, false)
	_, err := client.CreateSchema(ctx, subject, order("broken"))
	refusedBy(t, err, 409, 40901)
	second := must[sr.SubjectSchema](t)(client.CreateSchema(ctx, subject, order("v2")))
	equal(t, second.Version, 2)

	equal(t, len(must[[]int](t)(client.SubjectVersions(ctx, subject))), 2)
	equal(t, must[sr.SubjectSchema](t)(client.SchemaByVersion(ctx, subject, -1)).ID, second.ID)
	referrers := must[[]sr.SubjectSchema](t)(client.SchemaReferences(ctx, topic+"-money", 1))
	equal(t, len(referrers), 2)
	text := must[string](t)(client.SchemaTextByVersion(ctx, subject, 2))
	equal(t, text, must[string](t)(client.SchemaTextByID(ctx, second.ID)))
	equal(t, must[[]sr.SubjectVersion](t)(client.SchemaVersionsByID(ctx, second.ID))[0].Subject, subject)

	_, err = client.SchemaByVersion(ctx, subject, 9)
	refusedBy(t, err, 404, 40402)
	_, err = client.SubjectVersions(ctx, topic+"-nobody")
	refusedBy(t, err, 404, 40401)
	must[[]int](t)(client.DeleteSubject(ctx, subject, sr.SoftDelete))
	must[[]int](t)(client.DeleteSubject(ctx, subject, sr.HardDelete))
	_, err = client.SchemaByID(ctx, second.ID)
	refusedBy(t, err, 404, 40403)
}

func TestFranzSetsLevelsAndModes(t *testing.T) {
	ctx, client, subject := context.Background(), franz(t), newTopic()+"-value"
	set := client.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFull}, subject)
	equal(t, set[0].Err, nil)
	equal(t, client.Compatibility(ctx, subject)[0].Level, sr.CompatFull)
	equal(t, client.ResetCompatibility(ctx, subject)[0].Err, nil)
	equal(t, client.SetMode(ctx, sr.ModeReadOnly, subject)[0].Mode, sr.ModeReadOnly)
	_, err := client.CreateSchema(ctx, subject, sr.Schema{Schema: parcelV1})
	refusedBy(t, err, 422, 42205)
	equal(t, client.ResetMode(ctx, subject)[0].Err, nil)
}

func TestFranzWritesAndReadsBack(t *testing.T) {
	ctx, client, subject := context.Background(), franz(t), newTopic()+"-value"
	registered := must[sr.SubjectSchema](t)(client.CreateSchema(ctx, subject, sr.Schema{
		Schema: `{"type":"object","properties":{"order_id":{"type":"string"}}}`,
		Type:   sr.TypeJSON,
	}))
	var serde sr.Serde
	serde.Register(registered.ID, parcel{}, sr.EncodeFn(json.Marshal), sr.DecodeFn(json.Unmarshal))
	written := must[[]byte](t)(serde.Encode(parcel{OrderID: "7"}))
	id, _, err := new(sr.ConfluentHeader).DecodeID(written)
	equal(t, err, nil)
	equal(t, id, registered.ID)
	var read parcel
	equal(t, serde.Decode(written, &read), nil)
	equal(t, read.OrderID, "7")
}
