// A merchant's process that lives through a week: each line on standard input is one order, answered by one line.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/jsapi"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"
	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

type merchant struct {
	Appid     string `json:"appid"`
	Mchid     string `json:"mchid"`
	SerialNo  string `json:"serial_no"`
	APIv3Key  string `json:"api_v3_key"`
	KeyFile   string `json:"private_key_file"`
	NotifyURL string `json:"notify_url"`
}

type order struct {
	Act        string `json:"act"`
	OutTradeNo string `json:"out_trade_no"`
	Openid     string `json:"openid"`
	Total      int64  `json:"total"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Scan()
	var told merchant
	check(json.Unmarshal(lines.Bytes(), &told))
	key, err := utils.LoadPrivateKeyWithPath(told.KeyFile)
	check(err)
	ctx := context.Background()
	// Downloads the platform's certificates, and checks every answer with them.
	client, err := core.NewClient(
		ctx, option.WithWechatPayAutoAuthCipher(told.Mchid, told.SerialNo, key, told.APIv3Key))
	check(err)
	fmt.Println(`{"ready":true}`)
	for lines.Scan() {
		var asked order
		check(json.Unmarshal(lines.Bytes(), &asked))
		answer, err := act(ctx, client, told, asked)
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		text, err := json.Marshal(answer)
		check(err)
		fmt.Println(string(text))
	}
}

func act(ctx context.Context, client *core.Client, told merchant, asked order) (any, error) {
	orders := jsapi.JsapiApiService{Client: client}
	switch asked.Act {
	case "prepay":
		answer, _, err := orders.PrepayWithRequestPayment(ctx, jsapi.PrepayRequest{
			Appid:       core.String(told.Appid),
			Mchid:       core.String(told.Mchid),
			Description: core.String("高山乌龙"),
			OutTradeNo:  core.String(asked.OutTradeNo),
			NotifyUrl:   core.String(told.NotifyURL),
			Amount:      &jsapi.Amount{Total: core.Int64(asked.Total)},
			Payer:       &jsapi.Payer{Openid: core.String(asked.Openid)},
		})
		return answer, err
	case "query":
		answer, _, err := orders.QueryOrderByOutTradeNo(ctx, jsapi.QueryOrderByOutTradeNoRequest{
			OutTradeNo: core.String(asked.OutTradeNo),
			Mchid:      core.String(told.Mchid),
		})
		return answer, err
	default:
		refunds := refunddomestic.RefundsApiService{Client: client}
		answer, _, err := refunds.Create(ctx, refunddomestic.CreateRequest{
			OutTradeNo:  core.String(asked.OutTradeNo),
			OutRefundNo: core.String(asked.OutTradeNo + "-R"),
			Amount: &refunddomestic.AmountReq{
				Refund: core.Int64(asked.Total), Total: core.Int64(asked.Total), Currency: core.String("CNY"),
			},
		})
		return answer, err
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
